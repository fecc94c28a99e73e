import type { ServerConnection } from '../server/server-connection.js';
import { transferFunctions, transferSchema } from '../stubs/transfer-names.js';

/** OIDs from here on are not those of a fresh database cluster. */
const firstUserOid = 16384;

/** The functions and procedures whose body mentions a name of $1. What is no longer a text is written anew. */
const callersSql = `
SELECT DISTINCT pg_catalog.lower(p.proname) FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.oid >= '${firstUserOid}' AND n.nspname NOT IN ('aws_s3', '${transferSchema}') AND l.lanname NOT IN ('c', 'internal')
  AND pg_catalog.lower(coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)) ~ $1`;

/** The bare names of all functions through which data may be moved, in lower case: aws_s3's own, and those that call them. */
export async function loadTransferNames(connection: ServerConnection): Promise<ReadonlySet<string>> {
  const names = new Set(transferFunctions);
  for (let known = 0; known < names.size; ) {
    known = names.size;
    const pattern = `(^|[^[:alnum:]_])(${[...names].map(escaped).join('|')})([^[:alnum:]_]|$)`;
    const { rows } = await connection.run(callersSql, { values: [pattern] });
    for (const [name] of rows) if (name !== null && name !== undefined) names.add(name);
  }
  return names;
}

const escaped = (name: string): string =>
  name.replaceAll('"', '""').replace(/[^\w]/g, (c) => (c.charCodeAt(0) < 128 ? `\\${c}` : c));
