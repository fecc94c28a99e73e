import { deparse, type Node, parseStatement, someNode } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import type { Statement } from '../server/statement.js';
import { arrayLiteral } from '../stubs/array-literal.js';

export interface PreparedQuery {
  readonly statement: Statement;
  readonly node: Node;
}

/**
 * The query that an EXECUTE runs, with the values of its arguments as parameters. Undefined where the name is unknown
 * or the arguments don't fit, which the server itself reports.
 */
export async function executedQuery(connection: ServerConnection, node: Node): Promise<PreparedQuery | undefined> {
  if (!('ExecuteStmt' in node)) return undefined;
  const { name = '', params = [] } = node.ExecuteStmt;
  // The server refuses them; a query of ours would not.
  if (someNode(params, (n) => 'SubLink' in n)) return undefined;
  const { rows } = await connection.run(
    `SELECT p.statement, p.parameter_types::pg_catalog.oid[]::pg_catalog.text[]
     FROM pg_catalog.pg_prepared_statements p WHERE p.name = $1`,
    { values: [name] },
  );
  const [text, oids] = rows[0] ?? [];
  if (text == null || oids == null) return undefined;
  const types = parseTypes(oids);
  if (types.length !== params.length) return undefined;
  const prepared = parseStatement(text);
  // A statement that was prepared by the protocol has no PREPARE around it.
  const query = 'PrepareStmt' in prepared ? prepared.PrepareStmt.query : prepared;
  if (query === undefined) return undefined;
  const values = params.length === 0 ? [] : await argumentValues(connection, params, types);
  return { statement: { text: deparse(query), values, types }, node: query };
}

const parseTypes = (array: string): number[] => (array === '{}' ? [] : array.slice(1, -1).split(',').map(Number));

/** Evaluates the arguments once, converted to the parameters' types. */
async function argumentValues(
  connection: ServerConnection,
  params: readonly Node[],
  types: readonly number[],
): Promise<readonly (string | null)[]> {
  const { rows: names } = await connection.run(
    `SELECT pg_catalog.format_type(t, '-1') FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS u(t, n) ORDER BY n`,
    { values: [arrayLiteral(types.map(String))] },
  );
  const targets = params.map((param, i) => `CAST(${expressionText(param)} AS ${names[i]?.[0]})`);
  const { rows } = await connection.run(`SELECT ${targets.join(', ')}`);
  return rows[0] ?? [];
}

const expressionText = (expression: Node): string =>
  deparse({
    SelectStmt: {
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
      targetList: [{ ResTarget: { val: expression } }],
    },
  }).replace(/^SELECT /, '');
