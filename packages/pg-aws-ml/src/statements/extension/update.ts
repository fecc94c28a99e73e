import { createInternalsSql, dropInternalsSql, internalsRevision } from '../../catalog/internals.js';
import type { ServerConnection } from '../../server/server-connection.js';
import { inOneTransaction } from '../../server/transaction.js';
import { readInstalledState } from '../../stubs/installed-state.js';
import { internalSchema } from '../../stubs/names.js';
import { raiseError, raiseNotice } from '../../stubs/server-message.js';
import { type ExtensionVersion, mlFunctionSql, mlFunctionsOf, mlFunctionsSql } from '../../stubs/sql/ml-functions.js';
import { renewInvokeEndpointSql } from '../../stubs/sql/renew-invoke-endpoint.js';
import { defaultVersion, type ExtensionName, runAll } from './install.js';
import { lockInstallation } from './lock-installation.js';

/** What `ALTER EXTENSION aws_ml UPDATE` does, in one transaction; leaves the connection synced. */
export function update(connection: ServerConnection, options: { readonly version?: string } = {}): Promise<void> {
  return inOneTransaction(connection, () => updateExtension(connection, 'aws_ml', options.version));
}

/** `ALTER EXTENSION … UPDATE [TO version]` of one of ours, in the current transaction. */
export async function updateExtension(
  connection: ServerConnection,
  name: ExtensionName,
  version: string | undefined,
): Promise<void> {
  await lockInstallation(connection);
  const state = await readInstalledState(connection);
  const installed = name === 'aws_ml' ? state.awsMl : await commonsVersion(connection, state.awsCommons);
  if (installed === null) {
    return raiseError(connection, { code: '42704', message: `extension "${name}" does not exist` });
  }
  const target = version ?? (name === 'aws_ml' ? defaultVersion : installed);
  if (installed === target && name === 'aws_ml' && state.internals !== internalsRevision) {
    return renewInternals(connection, installed);
  }
  if (installed === target) {
    return raiseNotice(connection, {
      code: '00000',
      message: `version "${target}" of extension "${name}" is already installed`,
    });
  }
  if (name !== 'aws_ml' || installed !== '1.0' || target !== '2.0') {
    return raiseError(connection, {
      code: '22023',
      message: `extension "${name}" has no update path from version "${installed}" to version "${target}"`,
    });
  }
  if (state.internals !== internalsRevision) await renewInternals(connection, '1.0');
  await runAll(connection, [
    ...mlFunctionsSql('2.0', '1.0'),
    `UPDATE ${internalSchema}.extension SET version = '2.0' WHERE name = 'aws_ml'`,
  ]);
}

/** Carries an installation of another version of this package over: what its users have built on the functions stays. */
async function renewInternals(connection: ServerConnection, version: string): Promise<void> {
  await runAll(connection, [
    ...dropInternalsSql,
    ...createInternalsSql,
    ...mlFunctionsOf(version as ExtensionVersion).flatMap((f) => mlFunctionSql(f, 'CREATE OR REPLACE')),
    ...renewInvokeEndpointSql,
  ]);
}

async function commonsVersion(connection: ServerConnection, installed: boolean): Promise<string | null> {
  if (!installed) return null;
  const { rows } = await connection.run(`SELECT version FROM ${internalSchema}.extension WHERE name = 'aws_commons'`);
  return rows[0]?.[0] ?? null;
}
