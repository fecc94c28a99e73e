import { mlFunctions } from 'aws-ml-core/ml-functions';
import { dropInternalsSql } from '../../catalog/internals.js';
import type { ServerConnection } from '../../server/server-connection.js';
import { readInstalledState } from '../../stubs/installed-state.js';
import { internalSchema } from '../../stubs/names.js';
import { raiseError, raiseNotice } from '../../stubs/server-message.js';
import { dropEndpointArgumentSql } from '../../stubs/sql/endpoint-argument.js';
import { dropInternalSchemaSql } from '../../stubs/sql/internal-schema.js';
import { type ExtensionName, runAll } from './install.js';
import { lockInstallation } from './lock-installation.js';

export interface DropOptions {
  /** A NOTICE instead of an error (42704) where the extension is missing. */
  readonly ifExists?: boolean;
  /** Drops what depends on the extension as well; else that is an error of the server (2BP01). */
  readonly cascade?: boolean;
}

/** `DROP EXTENSION` of some of ours, in the current transaction. */
export async function dropExtensions(
  connection: ServerConnection,
  names: readonly ExtensionName[],
  options: DropOptions,
): Promise<void> {
  await lockInstallation(connection);
  const state = await readInstalledState(connection);
  const installed: Record<ExtensionName, boolean> = { aws_ml: state.awsMl !== null, aws_commons: state.awsCommons };
  for (const name of new Set(names)) {
    if (installed[name]) continue;
    const missing = `extension "${name}" does not exist`;
    if (options.ifExists !== true) return raiseError(connection, { code: '42704', message: missing });
    await raiseNotice(connection, { code: '00000', message: `${missing}, skipping` });
  }
  const dropCommons = installed.aws_commons && names.includes('aws_commons');
  if (dropCommons && installed.aws_ml && !names.includes('aws_ml')) {
    if (options.cascade !== true) return refuseToOrphan(connection);
    await raiseNotice(connection, { code: '00000', message: 'drop cascades to extension aws_ml' });
  }
  if (installed.aws_ml && (dropCommons || names.includes('aws_ml'))) await dropMl(connection, options);
  if (dropCommons) await runAll(connection, [`DROP SCHEMA aws_commons ${behaviour(options)}`, dropInternalSchemaSql]);
}

const behaviour = (options: DropOptions): string => (options.cascade === true ? 'CASCADE' : 'RESTRICT');

function refuseToOrphan(connection: ServerConnection): Promise<never> {
  return raiseError(connection, {
    code: '2BP01',
    message: 'cannot drop extension aws_commons because other objects depend on it',
    detail: 'extension aws_ml depends on extension aws_commons',
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  });
}

async function dropMl(connection: ServerConnection, options: DropOptions): Promise<void> {
  const names = mlFunctions.map((f) => `'${f.qualifiedName}'`).join(', ');
  const { rows: functions } = await connection.run(
    `SELECT p.oid::pg_catalog.regprocedure FROM pg_catalog.pg_proc p
     JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE pg_catalog.format('%s.%s', n.nspname, p.proname) IN (${names})`,
  );
  const { rows: schemas } = await connection.run(
    `SELECT pg_catalog.quote_ident(nspname) FROM pg_catalog.pg_namespace
     WHERE nspname IN (${[...new Set(mlFunctions.map((f) => `'${f.schema}'`))].join(', ')})`,
  );
  const list = (found: readonly (readonly (string | null)[])[]) => found.map(([name]) => name).join(', ');
  await runAll(connection, [
    `DROP FUNCTION ${list(functions)} ${behaviour(options)}`,
    `DROP SCHEMA ${list(schemas)} ${behaviour(options)}`,
    ...dropInternalsSql,
    ...dropEndpointArgumentSql,
    `DROP TABLE IF EXISTS ${internalSchema}.secret`,
    `COMMENT ON SCHEMA ${internalSchema} IS NULL`,
    `DELETE FROM ${internalSchema}.extension WHERE name = 'aws_ml'`,
  ]);
}
