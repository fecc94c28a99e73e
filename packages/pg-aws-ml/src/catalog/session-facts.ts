import { mlFunctions } from 'aws-ml-core/ml-functions';
import { internalSchema } from '../extension/names.js';
import type { ExtensionVersion } from '../extension/sql/ml-functions.js';
import type { ServerConnection } from '../server/server-connection.js';
import { functionMigrationSql } from '../settings/function-migration.js';
import type { SessionFacts } from './facts.js';

const list = (names: readonly string[]) => [...new Set(names)].map((name) => `'${name}'`).join(', ');

/**
 * One query, because it runs with every statement that may concern us. The functions are looked up in pg_proc: by name,
 * PostgreSQL refuses a role that may not use their schemas. `1043 23 1015`: varchar, int4, varchar[].
 */
const sessionFactsSql = `
WITH ml AS (
  SELECT p.oid, p.proargtypes, pg_catalog.format('%s.%s', n.nspname, p.proname) AS name
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
  'mlFunctions', (SELECT coalesce(pg_catalog.jsonb_agg(ml.name), '[]') FROM ml),
  'principalInvokeEndpoint', (
    SELECT ml.oid::pg_catalog.int8 FROM ml
    WHERE ml.name = 'aws_sagemaker.invoke_endpoint' AND ml.proargtypes = '1043 23 1015'::pg_catalog.oidvector),
  'functionMigration', ${functionMigrationSql} = 'on',
  'tracksFunctions', pg_catalog.current_setting('track_functions') <> 'none',
  'transactionIsolation', pg_catalog.current_setting('transaction_isolation'),
  'readOnly', pg_catalog.current_setting('transaction_read_only') = 'on',
  'inRecovery', pg_catalog.pg_is_in_recovery(),
  'statementTimeout', pg_catalog.round(
    extract(epoch FROM pg_catalog.current_setting('statement_timeout')::pg_catalog.interval)::pg_catalog.numeric * '1000'),
  'lossyOutput', pg_catalog.current_setting('extra_float_digits')::pg_catalog.int4 < 1
    OR pg_catalog.current_setting('DateStyle') NOT LIKE 'ISO%',
  'clientEncoding', pg_catalog.current_setting('client_encoding')
)`;

interface Row extends Omit<SessionFacts, 'extensionVersion'> {
  readonly isOurs: boolean;
  readonly mlFunctions: readonly string[];
}

/** Reads the facts of the session, in the current transaction. */
export async function loadSessionFacts(connection: ServerConnection): Promise<SessionFacts> {
  const { rows } = await connection.run(sessionFactsSql);
  const { isOurs, mlFunctions: found, ...facts } = JSON.parse(rows[0]?.[0] ?? '{}') as Row;
  return { ...facts, extensionVersion: isOurs ? versionWith(found) : null };
}

/** The newest version whose functions are all there. */
function versionWith(found: readonly string[]): ExtensionVersion | null {
  const complete = (version: ExtensionVersion) =>
    mlFunctions.every((f) => f.since > version || found.includes(f.qualifiedName));
  if (complete('2.0')) return '2.0';
  return complete('1.0') ? '1.0' : null;
}
