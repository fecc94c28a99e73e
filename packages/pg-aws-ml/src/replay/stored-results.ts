/**
 * Lets a statement read results where they are stored, and call the ML function only where it finds none there: a
 * look-up costs a fraction of a call.
 *
 * Before: UPDATE notes SET mood = (aws_comprehend.detect_sentiment(body, 'en')).sentiment
 * After:  UPDATE notes SET mood = COALESCE(
 *           (SELECT r.r1::varchar
 *            FROM (SELECT _aws_ml.result_key('aws_comprehend.detect_sentiment', ARRAY[body::varchar::text, 'en'::varchar::text])) AS k (key),
 *              pg_temp.aws_ml_results AS r
 *            WHERE r.key = k.key),
 *           (aws_comprehend.detect_sentiment(body, 'en')).sentiment)
 *
 * The call stays: it answers NULL inputs, raises failed calls, reports what is missing, and asks for EXECUTE. The key's
 * arguments stand in a subquery of their own, first in FROM: there no name of ours is in their way.
 * Preconditions: the results can be read (`openResults`).
 * Leaves alone: calls within subqueries, whose expressions may have to match others; RETURNING, for its names; calls
 * with named arguments or VARIADIC.
 */
import { type MlFunction, mlFunctionsByName } from 'aws-ml-core/ml-functions';
import { mapNodes, type Node, nameOutputs, nameParts, parseStatement } from 'pg-rewriter';
import { internalSchema, resultsTable } from '../stubs/names.js';
import { quoteLiteral } from '../stubs/quote.js';

type FuncCallNode = Extract<Node, { FuncCall: unknown }>;

/** Undefined where no call can be looked up. */
export function withStoredResults(node: Node): Node | undefined {
  const lookUp = (part: Node): Node | undefined => {
    if ('SubLink' in part || 'SelectStmt' in part || 'RangeFunction' in part) return part;
    return lookUpField(part) ?? lookUpScalar(part);
  };
  // ORDER BY may call an output by the name that it had.
  const named = 'SelectStmt' in node ? nameOutputs(node) : node;
  const changed = withoutReturning(named, (rest) => mapNodes(rest, lookUp));
  return changed === named ? undefined : changed;
}

function withoutReturning(node: Node, map: (rest: object) => object): Node {
  const [tag, { returningClause, ...rest }] = Object.entries(node)[0] as [string, { returningClause?: unknown }];
  const mapped = map(rest);
  if (mapped === rest) return node;
  return { [tag]: returningClause === undefined ? mapped : { ...mapped, returningClause } } as unknown as Node;
}

/** `(call).field` */
function lookUpField(node: Node): Node | undefined {
  if (!('A_Indirection' in node)) return undefined;
  const { arg, indirection } = node.A_Indirection;
  const [field, ...more] = nameParts(indirection);
  if (arg === undefined || !('FuncCall' in arg) || indirection?.length !== 1 || more.length > 0) return undefined;
  const called = mlFunctionOf(arg);
  const column = called?.results.findIndex((result) => result.name === field) ?? -1;
  return called === undefined || column < 0 ? undefined : lookUpCall(called, arg, column, node);
}

function lookUpScalar(node: Node): Node | undefined {
  if (!('FuncCall' in node)) return undefined;
  const called = mlFunctionOf(node);
  if (called === undefined) return undefined;
  // A composite result is left as it is, with what is inside it.
  return called.results.length === 1 ? lookUpCall(called, node, 0, node) : node;
}

function lookUpCall(f: MlFunction, { FuncCall }: FuncCallNode, column: number, call: Node): Node {
  const args = FuncCall.args ?? [];
  if (FuncCall.func_variadic || args.some((a) => 'NamedArgExpr' in a)) return call;
  const spelled = args.flatMap((_, position) => spelledArgument(f, position));
  const key = `${internalSchema}.result_key(${quoteLiteral(f.qualifiedName)}, ARRAY[${spelled.join(', ')}])`;
  const template = parseStatement(`SELECT COALESCE(
    (SELECT r.r${column + 1}::pg_catalog.${f.results[column]?.type}
     FROM (SELECT ${key}) AS k (key), ${resultsTable} AS r WHERE r.key OPERATOR(pg_catalog.=) k.key),
    $${args.length + 1})`);
  return mapNodes(targetOf(template), (node) =>
    'ParamRef' in node ? [...args, call][(node.ParamRef.number ?? 0) - 1] : undefined,
  );
}

/** An argument as the function passes it on to `evaluate`; nothing for max_rows_per_batch, which decides no result. */
function spelledArgument(f: MlFunction, position: number): string[] {
  const parameter = f.parameters[position] ?? f.parameters.at(-1);
  if (parameter === undefined || parameter.name === 'max_rows_per_batch') return [];
  const argument = `$${position + 1}`;
  if (parameter.type !== 'any') return [`${argument}::pg_catalog.${parameter.type}::pg_catalog.text`];
  return [`CASE pg_catalog.num_nulls(${argument}) WHEN 0 THEN pg_catalog.format('%s', ${argument}) END`];
}

function mlFunctionOf({ FuncCall }: FuncCallNode): MlFunction | undefined {
  return mlFunctionsByName.get(nameParts(FuncCall.funcname).join('.'));
}

function targetOf(select: Node): Node {
  const [target] = ('SelectStmt' in select && select.SelectStmt.targetList) || [];
  if (target === undefined || !('ResTarget' in target) || target.ResTarget.val === undefined) {
    throw new Error('a template has one target');
  }
  return target.ResTarget.val;
}
