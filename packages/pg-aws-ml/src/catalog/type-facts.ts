import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import type { TypeFact } from './facts.js';

const kinds = new Map<string, TypeFact['kind']>([
  ['b', 'base'],
  ['c', 'composite'],
  ['d', 'domain'],
  ['e', 'enum'],
  ['p', 'pseudo'],
  ['r', 'range'],
  ['m', 'multirange'],
]);

/** What the server knows of these types; one that doesn't exist is missing from the map. */
export async function loadTypes(
  connection: ServerConnection,
  oids: readonly number[],
): Promise<ReadonlyMap<number, TypeFact>> {
  const { rows } = await connection.run(
    `SELECT t.oid, pg_catalog.format_type(t.oid, '-1'), t.typtype,
            CASE WHEN t.typlen = '-1' AND t.typcategory = 'A' AND t.typelem <> '0' THEN t.typelem END, nullif(t.typbasetype, 0)
     FROM pg_catalog.pg_type t WHERE t.oid = ANY ($1::pg_catalog.oid[])`,
    { values: [arrayLiteral(oids.map(String))] },
  );
  return new Map(
    rows.map(([oid, name, kind, element, base]) => [
      Number(oid),
      {
        oid: Number(oid),
        name: name ?? '',
        kind: kinds.get(kind ?? '') ?? 'base',
        elementType: element == null ? null : Number(element),
        baseType: base == null ? null : Number(base),
      },
    ]),
  );
}
