import { forEachNode, mapNodes, type Node, nameParts, parseStatement, tryDeparse } from 'pg-rewriter';
import { evaluationQuery, type UsableModel } from '../../models/evaluate.js';
import type { ModelSpec } from '../../models/model-spec.js';
import { runNatively } from '../../natively/run-natively.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { databaseError } from '../../server/database-error.js';
import type { ServerConnection } from '../../server/server-connection.js';
import { internalSchema } from '../../stubs/names.js';
import { modelSchema } from '../../stubs/sql/models.js';
import { statementKind } from '../statement-handler.js';

/** Views of Amazon Redshift's that have no schema there. */
const views: ReadonlySet<string> = new Set(['stv_ml_model_info', 'svv_ml_model_info', 'svv_ml_model_privileges']);

const MENTIONED = /explain_model|s[tv]v_ml_model_|\baws_ml\s*\.\s*evaluate\b/i;

/** A statement in which names of models' views and functions are written such that the server finds them. */
export interface Named {
  readonly node: Node;
  readonly text: string;
}

/** Undefined where a statement has none of them. */
export async function withModelNames(context: StatementContext, node: Node): Promise<Named | undefined> {
  if (!MENTIONED.test(context.statement.text)) return undefined;
  const { connection } = context;
  const replaced = new Map<unknown, Node>();
  const evaluations: { readonly range: unknown; readonly alias: object | undefined; readonly args: readonly Node[] }[] =
    [];
  forEachNode(node, (n) => {
    if ('RangeVar' in n && isView(n.RangeVar))
      replaced.set(n.RangeVar, { RangeVar: { ...n.RangeVar, schemaname: modelSchema } });
    if ('FuncCall' in n && nameParts(n.FuncCall.funcname).join('.') === 'explain_model') {
      replaced.set(n.FuncCall, { FuncCall: { ...n.FuncCall, funcname: named(modelSchema, 'explain_model') } });
    }
    if ('RangeFunction' in n) {
      const args = evaluatedArguments(n);
      if (args !== undefined) evaluations.push({ range: n.RangeFunction, alias: n.RangeFunction.alias, args });
    }
  });
  for (const { range, alias, args } of evaluations) {
    const [model, query] = args.map(constantText);
    if (model === undefined || query === undefined || args.length !== 2) {
      throw databaseError('22023', 'aws_ml.evaluate takes the name of a model and a query, as constants', {
        hint: "Write aws_ml.evaluate('model', 'SELECT …'); within the query, quotes are doubled.",
      });
    }
    const subquery = parsedQuery(evaluationQuery(await usableModel(connection, model), query));
    replaced.set(range, { RangeSubselect: { subquery, alias: { aliasname: 'evaluate', ...alias } } } as Node);
  }
  if (replaced.size === 0) return undefined;
  const mapped = mapNodes(node, (n) => replaced.get(Object.values(n)[0]));
  const text = tryDeparse(mapped);
  return text === undefined ? undefined : { node: mapped, text };
}

const isView = ({ schemaname, relname = '' }: { schemaname?: string; relname?: string }): boolean =>
  schemaname === undefined && views.has(relname);

const named = (...parts: readonly string[]): Node[] => parts.map((sval) => ({ String: { sval } }));

/** The arguments of a function in FROM that is evaluate, and nothing else. */
function evaluatedArguments(node: Node): readonly Node[] | undefined {
  if (!('RangeFunction' in node)) return undefined;
  const [entry, ...more] = node.RangeFunction.functions ?? [];
  const item = entry !== undefined && 'List' in entry ? entry.List.items?.[0] : undefined;
  if (more.length > 0 || item === undefined || !('FuncCall' in item)) return undefined;
  const { funcname, args = [] } = item.FuncCall;
  return nameParts(funcname).join('.') === `${modelSchema}.evaluate` ? args : undefined;
}

function constantText(node: Node): string | undefined {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return constantText(node.TypeCast.arg);
  return 'A_Const' in node && 'sval' in node.A_Const ? (node.A_Const.sval?.sval ?? '') : undefined;
}

/** The text of the query stands alone: what closes a parenthesis in it is refused by the grammar. */
function parsedQuery(sql: string): Node {
  const node = parseStatement(sql);
  if (!('SelectStmt' in node)) throw databaseError('42601', 'aws_ml.evaluate needs a query that reads rows');
  return node;
}

/** A row says what its writer likes: what runs, whatever the types of the rows, has its
 * owner's rights, not those of who evaluates it. */
async function usableModel(connection: ServerConnection, written: string): Promise<UsableModel> {
  const { rows } = await connection.run(
    `SELECT s.model_name, n.nspname, p.proname, s.spec
     FROM ${internalSchema}.model_shown s
     LEFT JOIN pg_catalog.pg_proc p ON p.oid = pg_catalog.to_regprocedure(s.signature)::pg_catalog.oid
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc o WHERE o.pronamespace = p.pronamespace AND o.proname = p.proname
         AND NOT (o.prosecdef AND pg_catalog.pg_get_userbyid(o.proowner) = s.owner))
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE s.id = ${internalSchema}.find_model($1)`,
    { values: [written] },
  );
  const [name, schema, functionName, spec] = rows[0] ?? [];
  if (schema == null || functionName == null) {
    throw databaseError('42883', 'the function of the model is gone, or not the only one of its name', {
      hint: 'It was dropped, renamed or overloaded by a function without SECURITY DEFINER.',
    });
  }
  return {
    name: name ?? '',
    schema,
    functionName,
    spec: JSON.parse(spec ?? '{}') as ModelSpec,
  };
}

/** A statement that names views or functions of models without their schema, or evaluates a model. */
export const modelNames = statementKind<StatementContext, Named>({
  name: 'model names',
  claims: (node, context) => withModelNames(context, node),
  async run(context, { node, text }, _, answer) {
    const within = { ...context, statement: { ...context.statement, text } };
    const outcome = await answer(within, node);
    if (outcome !== 'pass-through') return outcome;
    await runNatively(within);
    return 'answered';
  },
});
