import { internalSchema } from '../extension/names.js';
import { principalInvokeEndpoint } from '../extension/sql/invoke-endpoint-overloads.js';
import type { ServerConnection } from '../server/server-connection.js';
import { functionMigrationSql } from '../settings/function-migration.js';
import type { SessionFacts } from './facts.js';

const sessionFactsSql = `SELECT pg_catalog.jsonb_build_object(
  'role', current_user,
  'superuser', (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user),
  'searchPath', pg_catalog.current_schemas(true),
  'hasTemporaryObjects', EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = pg_catalog.pg_my_temp_schema()),
  'principalInvokeEndpoint', pg_catalog.to_regprocedure('${principalInvokeEndpoint}')::pg_catalog.oid::pg_catalog.int8,
  'functionMigration', ${functionMigrationSql} = 'on',
  'transactionIsolation', pg_catalog.current_setting('transaction_isolation'),
  'readOnly', pg_catalog.current_setting('transaction_read_only') = 'on',
  'inRecovery', pg_catalog.pg_is_in_recovery(),
  'statementTimeout', (SELECT s.setting::pg_catalog.int4 FROM pg_catalog.pg_settings s WHERE s.name = 'statement_timeout'),
  'lossyOutput', pg_catalog.current_setting('extra_float_digits')::pg_catalog.int4 < 1
    OR pg_catalog.current_setting('DateStyle') NOT LIKE 'ISO%',
  'clientEncoding', pg_catalog.current_setting('client_encoding')
)`;

/** Reads the facts of the session, in the current transaction. */
export async function loadSessionFacts(connection: ServerConnection): Promise<SessionFacts> {
  const [session, installed] = await Promise.all([
    connection.run(sessionFactsSql),
    connection.run(`SELECT pg_catalog.to_regclass('${internalSchema}.extension') IS NOT NULL`),
  ]);
  const facts = JSON.parse(session.rows[0]?.[0] ?? '{}') as Omit<SessionFacts, 'extensionVersion'>;
  return { ...facts, extensionVersion: await extensionVersion(connection, installed.rows[0]?.[0] === 't') };
}

async function extensionVersion(connection: ServerConnection, installed: boolean) {
  if (!installed) return null;
  const { rows } = await connection.run(`SELECT version FROM ${internalSchema}.extension WHERE name = 'aws_ml'`);
  const version = rows[0]?.[0];
  return version === '1.0' || version === '2.0' ? version : null;
}
