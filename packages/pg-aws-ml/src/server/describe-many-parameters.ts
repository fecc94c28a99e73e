import type { RawResult, StatementDescription } from './server-connection.js';

/** pg reads the number of a ParameterDescription as a signed one: beyond, it throws where nobody can catch it. */
const MOST_DESCRIBED = 32_767;

/** Whether the server might describe more parameters than pg can read. In doubt, true. */
export function mayHaveManyParameters(sql: string, types: readonly number[]): boolean {
  if (types.length > MOST_DESCRIBED) return true;
  for (const [, number] of sql.matchAll(/\$(\d{5,})/g)) if (Number(number) > MOST_DESCRIBED) return true;
  return false;
}

/** What describing such a statement needs of a connection. */
export interface NamedStatements {
  /** Parses under a name. */
  prepare(name: string, sql: string, types: readonly number[]): Promise<unknown>;
  /** Binds so many NULLs to a statement and describes the portal; nothing runs. */
  describePortalOf(name: string, parameters: number): Promise<StatementDescription['fields']>;
  closeStatement(name: string): Promise<void>;
  run(sql: string): Promise<RawResult>;
}

/**
 * Describes a statement without the message that pg cannot read: the server tells the parameters of a prepared statement
 * in a view, and describes the columns of its portal.
 *
 * @param name of a prepared statement that nobody else uses; after a failure it is there until the next description
 */
export async function describeManyParameters(
  connection: NamedStatements,
  name: string,
  sql: string,
  types: readonly number[],
): Promise<StatementDescription> {
  const [, , { rows }] = await Promise.all([
    connection.closeStatement(name),
    connection.prepare(name, sql, types),
    connection.run(
      `SELECT pg_catalog.array_to_string(parameter_types::pg_catalog.oid[], ',') FROM pg_catalog.pg_prepared_statements WHERE name = '${name}'`,
    ),
  ]);
  const parameterTypes = (rows[0]?.[0] ?? '').split(',').filter(Boolean).map(Number);
  const [fields] = await Promise.all([
    connection.describePortalOf(name, parameterTypes.length),
    connection.closeStatement(name),
  ]);
  return { parameterTypes, fields };
}
