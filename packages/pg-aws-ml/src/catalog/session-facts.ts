import { hash } from 'node:crypto';
import type { MlFunctionName } from 'aws-ml-core';
import { mlFunctions } from 'aws-ml-core/ml-functions';
import type { ServerConnection } from '../server/server-connection.js';
import { functionMigrationSql } from '../stubs/function-migration.js';
import { internalSchema, waitingTable } from '../stubs/names.js';
import type { ExtensionVersion } from '../stubs/sql/ml-functions.js';
import { spelledApart } from '../stubs/sql/spelled-apart.js';
import { transferSchema } from '../stubs/transfer-names.js';
import { catalogVersionSql } from './catalog-version.js';
import type { SessionFacts } from './facts.js';
import { refusedTextSettingSql } from './text-settings.js';

const list = (names: readonly string[]) => [...new Set(names)].map(spelledApart).join(', ');

/**
 * One query, because it runs with every statement that may concern us. The functions are looked up in pg_proc: by name,
 * PostgreSQL refuses a role that may not use their schemas. `1043 23 1014`: varchar, int4, bpchar[].
 */
const sessionFactsSql = `WITH ml AS (
  SELECT p.oid, p.proargtypes, n.oid AS schema, pg_catalog.format('%s.%s', n.nspname, p.proname) AS name
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proname IN (${list(mlFunctions.map((f) => f.name))}) AND n.nspname IN (${list(mlFunctions.map((f) => f.schema))})
)
SELECT pg_catalog.jsonb_build_object(
  'role', current_user,
  'superuser', (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
  'searchPath', pg_catalog.current_schemas(true),
  'hasTemporaryObjects', EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid AND d.refobjid = pg_catalog.pg_my_temp_schema()),
  'isOurs', EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = '${internalSchema}'),
  'internals', (
    -- Not by obj_description: sessions that track functions would count it.
    SELECT d.description FROM pg_catalog.pg_description d JOIN pg_catalog.pg_namespace n ON n.oid = d.objoid
    WHERE n.nspname = '${internalSchema}' AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid),
  'transfers', (
    SELECT d.description FROM pg_catalog.pg_description d JOIN pg_catalog.pg_namespace n ON n.oid = d.objoid
    WHERE n.nspname = '${transferSchema}' AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid),
  'mlFunctions', (SELECT coalesce(pg_catalog.jsonb_agg(ml.name), '[]') FROM ml),
  'executable', (
    SELECT coalesce(pg_catalog.jsonb_agg(e.name), '[]') FROM (
      SELECT ml.name FROM ml GROUP BY ml.name
      HAVING pg_catalog.bool_and(pg_catalog.has_function_privilege(ml.oid, 'EXECUTE') AND pg_catalog.has_schema_privilege(ml.schema, 'USAGE'))
    ) AS e),
  'callableUnnamed', (
    SELECT coalesce(pg_catalog.jsonb_agg(c.name), '[]') FROM (
      SELECT ml.name FROM ml GROUP BY ml.name
      HAVING pg_catalog.bool_and(pg_catalog.has_function_privilege(ml.oid, 'EXECUTE') AND NOT pg_catalog.has_schema_privilege(ml.schema, 'USAGE'))
    ) AS c),
  'principalInvokeEndpoint', (
    SELECT ml.oid::pg_catalog.int8 FROM ml
    WHERE ml.name = ${spelledApart('aws_sagemaker.invoke_endpoint')} AND ml.proargtypes = '1043 23 1014'::pg_catalog.oidvector),
  'functionMigration', ${functionMigrationSql} = 'on',
  'trackFunctions', pg_catalog.current_setting('track_functions'),
  'flushesStatistics', pg_catalog.to_regprocedure('pg_catalog.pg_stat_force_next_flush()') IS NOT NULL,
  'transactionIsolation', pg_catalog.current_setting('transaction_isolation'),
  'readOnly', pg_catalog.current_setting('transaction_read_only') = 'on',
  'inRecovery', pg_catalog.pg_is_in_recovery(),
  'mayCopyIn', pg_catalog.current_setting('transaction_read_only') = 'off' AND NOT pg_catalog.pg_is_in_recovery() AND EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '${internalSchema}' AND c.relname = '${waitingTable.slice(internalSchema.length + 1)}'
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')),
  'mayCreateTemporary', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY'),
  'statementTimeout', pg_catalog.round(
    extract(epoch FROM pg_catalog.current_setting('statement_timeout')::pg_catalog.interval)::pg_catalog.numeric * '1000'),
  'lossyOutput', pg_catalog.current_setting('extra_float_digits')::pg_catalog.int4 < 1
    OR pg_catalog.current_setting('DateStyle') NOT LIKE 'ISO%',
  'refusedTextSetting', ${refusedTextSettingSql},
  'catalogVersion', ${catalogVersionSql}
)`;

/**
 * `session_facts()`: the same as a function, which the server plans once in a session. It has no search_path of its own,
 * which would hide the session's.
 */
export const sessionFactsFunctionSql: readonly string[] = [
  `CREATE FUNCTION ${internalSchema}.session_facts() RETURNS jsonb LANGUAGE plpgsql STABLE AS $body$
BEGIN
  RETURN (${sessionFactsSql});
END $body$`,
];

const bodyOf = (definition: string): string => definition.slice(definition.indexOf('$body$') + 6, -6);

/** The facts, and whether the server has this very function. */
const askedAtLength = `SELECT (${sessionFactsSql}), EXISTS (
  SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = '${internalSchema}' AND p.proname = 'session_facts'
    AND pg_catalog.md5(p.prosrc) = '${hash('md5', sessionFactsFunctionSql.map(bodyOf).join(), 'hex')}')`;

const askedByFunction = `SELECT ${internalSchema}.session_facts(), true`;

interface Row extends Omit<SessionFacts, 'extensionVersion' | 'executable' | 'callableUnnamed' | 'hasFactsFunction'> {
  readonly isOurs: boolean;
  readonly mlFunctions: readonly string[];
  readonly executable: readonly MlFunctionName[];
  readonly callableUnnamed: readonly MlFunctionName[];
}

/** Reads the facts of the session, in the current transaction. */
export async function loadSessionFacts(connection: ServerConnection, byFunction = false): Promise<SessionFacts> {
  const { rows } = await connection.run(byFunction ? askedByFunction : askedAtLength);
  const [text, hasFunction] = rows[0] ?? [];
  const { isOurs, mlFunctions: found, executable, callableUnnamed, ...facts } = JSON.parse(text ?? '{}') as Row;
  const extensionVersion = isOurs ? versionWith(found) : null;
  return {
    ...facts,
    executable: new Set(executable),
    callableUnnamed: new Set(callableUnnamed),
    extensionVersion,
    hasFactsFunction: hasFunction === 't',
  };
}

/** The newest version whose functions are all there. */
function versionWith(found: readonly string[]): ExtensionVersion | null {
  const complete = (version: ExtensionVersion) =>
    mlFunctions.every((f) => f.since > version || found.includes(f.qualifiedName));
  if (complete('2.0')) return '2.0';
  return complete('1.0') ? '1.0' : null;
}
