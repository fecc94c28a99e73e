import { internalSchema } from '../stubs/names.js';
import { quoteIdentifier } from '../stubs/quote.js';

/** Where the cache is unless it is given a name: in the extension's own schema, where only its owner creates tables. */
const defaultName = `${internalSchema}.result_cache`;

const IDENTIFIER = String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|"(?:[^"]|"")+"`;
const QUALIFIED = new RegExp(`^(${IDENTIFIER})\\.(${IDENTIFIER})$`);

/** A table's name in two parts, as SQL writes them. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Whether it is true, for the default, or the name of a table with its schema. */
export const isTableName = (table: unknown): boolean =>
  table === true || (typeof table === 'string' && QUALIFIED.test(table));

/**
 * @param table true for the default
 * @throws TypeError where it is no name with its schema: without one, whoever owns a schema of the search path could
 * provide the table
 */
export function tableName(table: string | true): TableName {
  const text = table === true ? defaultName : table;
  const [, schema, name] = QUALIFIED.exec(text) ?? [];
  if (schema === undefined || name === undefined) {
    throw new TypeError(`cache.table must be true or the name of a table with its schema, but got: ${text}`);
  }
  return { schema: quoteIdentifier(folded(schema)), name: quoteIdentifier(folded(name)) };
}

const folded = (identifier: string): string =>
  identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier.toLowerCase();

const qualified = ({ schema, name }: TableName): string => `${schema}.${name}`;

/** The statements that make the table, where it isn't there. `docs/configuration.md` shows them. */
export const createCacheTable = (table: TableName): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${qualified(table)} (
  key bytea PRIMARY KEY,
  function text NOT NULL,
  target text NOT NULL,
  result json NOT NULL,
  expires_at timestamptz NOT NULL
)`,
  `CREATE INDEX IF NOT EXISTS ${indexName(table)} ON ${qualified(table)} (expires_at)`,
];

const indexName = ({ name }: TableName): string => `${name.slice(0, -1)}_expires_at"`;

/** What each transaction of the cache begins with: nobody's operators, and no waiting for locks. */
export const transactionSettings = `SELECT pg_catalog.set_config('search_path', 'pg_catalog', true),
  pg_catalog.set_config('lock_timeout', '1000', true), pg_catalog.set_config('synchronous_commit', 'off', true)`;

/** Parameters: keys. Rows: the position of a key, its result, the seconds for which it holds. */
export const selectResults = (table: TableName): string => `
SELECT wanted.n, cached.result::pg_catalog.text,
  pg_catalog.date_part('epoch', cached.expires_at OPERATOR(pg_catalog.-) pg_catalog.now())
FROM pg_catalog.unnest($1::pg_catalog.bytea[]) WITH ORDINALITY AS wanted(key, n)
JOIN ${qualified(table)} AS cached ON cached.key OPERATOR(pg_catalog.=) wanted.key
WHERE cached.expires_at OPERATOR(pg_catalog.>) pg_catalog.now()`;

/** Parameters: keys, functions, targets, results, the interval for which they hold. In the order of keys, against deadlocks. */
export const insertResults = (table: TableName): string => `
INSERT INTO ${qualified(table)} AS cached (key, function, target, result, expires_at)
SELECT fresh.key, fresh.function, fresh.target, fresh.result, pg_catalog.now() OPERATOR(pg_catalog.+) $5::pg_catalog.interval
FROM unnest($1::pg_catalog.bytea[], $2::pg_catalog.text[], $3::pg_catalog.text[], $4::pg_catalog.json[])
  AS fresh(key, function, target, result)
ORDER BY fresh.key
ON CONFLICT (key) DO UPDATE SET result = EXCLUDED.result, expires_at = EXCLUDED.expires_at
WHERE cached.expires_at OPERATOR(pg_catalog.<=) pg_catalog.now()`;

/** Removes some of what has expired. */
export const deleteExpired = (table: TableName): string => `
DELETE FROM ${qualified(table)} WHERE ctid OPERATOR(pg_catalog.=) ANY (ARRAY(
  SELECT ctid FROM ${qualified(table)} WHERE expires_at OPERATOR(pg_catalog.<=) pg_catalog.now() LIMIT 10000))`;
