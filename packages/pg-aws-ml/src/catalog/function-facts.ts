import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ArgumentFact } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { isModelBody } from '../stubs/sql/models.js';
import type { LoadedFunction, MlReach, SessionFacts } from './facts.js';

const functionsSql = `
SELECT pg_catalog.jsonb_build_object(
  'oid', p.oid::pg_catalog.int8,
  -- No name without a schema means a function of the session's temporary schema, whatever the search path.
  'schema', CASE n.oid WHEN pg_catalog.pg_my_temp_schema() THEN 'pg_temp' ELSE n.nspname END,
  'name', p.proname, 'owner', pg_catalog.pg_get_userbyid(p.proowner),
  'kind', p.prokind, 'language', l.lanname, 'volatility', p.provolatile, 'strict', p.proisstrict,
  'securityDefiner', p.prosecdef, 'returnsSet', p.proretset, 'hasSettings', p.proconfig IS NOT NULL,
  'returnType', pg_catalog.format_type(p.prorettype, '-1'),
  'source', CASE WHEN l.lanname NOT IN ('c', 'internal') THEN coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) END,
  'arguments', (
    SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', nullif(p.proargnames[i], ''), 'mode', coalesce(p.proargmodes[i]::pg_catalog.text, 'i'),
      'type', pg_catalog.format_type(t, '-1'), 'default', pg_catalog.pg_get_function_arg_default(p.oid, i::pg_catalog.int4)
    ) ORDER BY i), '[]')
    FROM pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[])) WITH ORDINALITY AS a(t, i)
  ),
  'rowColumns', (
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid
    WHERE t.oid = p.prorettype AND t.typtype = 'c' AND a.attnum > '0' AND NOT a.attisdropped
  )
)
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.proname = ANY ($1::pg_catalog.name[])
ORDER BY p.oid`;

interface Row
  extends Omit<
    LoadedFunction,
    'kind' | 'volatility' | 'arguments' | 'resultColumns' | 'body' | 'reachesMl' | 'runsAsCaller'
  > {
  readonly kind: 'f' | 'p' | 'a' | 'w';
  readonly volatility: 'i' | 's' | 'v';
  readonly arguments: readonly (Omit<ArgumentFact, 'mode'> & { readonly mode: keyof typeof modes })[];
  readonly rowColumns: LoadedFunction['resultColumns'];
}

const kinds = { f: 'function', p: 'procedure', a: 'aggregate', w: 'window' } as const;
const volatilities = { i: 'immutable', s: 'stable', v: 'volatile' } as const;
const modes = { i: 'in', o: 'out', b: 'inout', v: 'variadic', t: 'table' } as const;

/** All functions of these bare names, in any schema. The overloads of invoke_endpoint are one function to the planner. */
export async function loadFunctions(
  connection: ServerConnection,
  names: readonly string[],
  reach: MlReach,
  session: SessionFacts,
  asServerReads: (text: string) => string,
): Promise<Map<string, LoadedFunction[]>> {
  const { rows } = await connection.run(functionsSql, { values: [arrayLiteral(names)] });
  const functions = new Map<string, LoadedFunction[]>(names.map((name) => [name, []]));
  const seen = new Set<string>();
  for (const [json] of rows) {
    const fact = asDocumented(functionFact(JSON.parse(json ?? '{}') as Row, { reach, session, asServerReads }));
    if (isMlFunction(fact) && seen.has(fact.schema + fact.name)) continue;
    seen.add(fact.schema + fact.name);
    functions.get(fact.name)?.push(fact);
  }
  return functions;
}

interface Surroundings {
  readonly reach: MlReach;
  readonly session: SessionFacts;
  readonly asServerReads: (text: string) => string;
}

/** A model's function does the same with its owner's rights and with those of a role that may make its call itself. */
const isModelOf = ({ source, language }: Pick<Row, 'source' | 'language'>, { executable }: SessionFacts): boolean =>
  language === 'sql' &&
  isModelBody(source) &&
  mlFunctions.every((f) => executable.has(f.qualifiedName) || !source?.includes(`${f.qualifiedName}(`));

function functionFact({ rowColumns, ...row }: Row, { reach, session, asServerReads }: Surroundings): LoadedFunction {
  const args = row.arguments.map((a) => ({ ...a, mode: modes[a.mode] }));
  return {
    ...row,
    kind: kinds[row.kind],
    volatility: volatilities[row.volatility],
    arguments: args,
    resultColumns: rowColumns ?? outputColumns(args),
    body: row.language === 'sql' && row.source !== null ? asServerReads(statementsOf(row.source)) : null,
    reachesMl: reach.functions.has(row.oid),
    runsAsCaller: !row.securityDefiner || row.owner === session.role || isModelOf(row, session),
  };
}

/** Several OUT or TABLE parameters make a row; a single one is a scalar. */
function outputColumns(args: readonly ArgumentFact[]): LoadedFunction['resultColumns'] {
  const outputs = args.filter((a) => a.mode === 'out' || a.mode === 'inout' || a.mode === 'table');
  // PostgreSQL names unnamed ones by their position among the outputs.
  return outputs.length > 1 ? outputs.map((o, i) => ({ name: o.name ?? `column${i + 1}`, type: o.type })) : null;
}

/** The statements of a body that the server holds parsed: `BEGIN ATOMIC … END` or `RETURN …`. */
function statementsOf(source: string): string {
  const atomic = /^\s*BEGIN ATOMIC\b([\s\S]*)\bEND\s*$/.exec(source);
  if (atomic !== null) return atomic[1] ?? '';
  const expression = /^\s*RETURN\b([\s\S]*)$/.exec(source);
  return expression === null ? source : `SELECT ${expression[1]}`;
}

const isMlFunction = ({ schema, name }: LoadedFunction): boolean =>
  mlFunctions.some((f) => f.schema === schema && f.name === name);

/** An ML function with its documented parameters: the stored ones of invoke_endpoint stand for its VARIADIC "any". */
function asDocumented(fact: LoadedFunction): LoadedFunction {
  const ml = mlFunctions.find((f) => f.schema === fact.schema && f.name === fact.name);
  if (ml === undefined) return fact;
  const inputs = ml.parameters.map((p): ArgumentFact => {
    const type = p.type === 'any' ? '"any"' : p.type;
    return { name: p.name, mode: p.variadic ? 'variadic' : 'in', type, default: p.default ?? null };
  });
  return { ...fact, arguments: [...inputs, ...fact.arguments.filter((a) => a.mode === 'out')], reachesMl: true };
}
