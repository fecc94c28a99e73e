import type { ServerConnection } from '../../server/server-connection.js';
import { inOneTransaction } from '../../server/transaction.js';
import { readInstalledState } from '../../stubs/installed-state.js';
import { internalSchema } from '../../stubs/names.js';
import { raiseError, raiseNotice } from '../../stubs/server-message.js';
import { mlFunctionsSql } from '../../stubs/sql/ml-functions.js';
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
  await runAll(connection, [
    ...mlFunctionsSql('2.0', '1.0'),
    `UPDATE ${internalSchema}.extension SET version = '2.0' WHERE name = 'aws_ml'`,
  ]);
}

async function commonsVersion(connection: ServerConnection, installed: boolean): Promise<string | null> {
  if (!installed) return null;
  const { rows } = await connection.run(`SELECT version FROM ${internalSchema}.extension WHERE name = 'aws_commons'`);
  return rows[0]?.[0] ?? null;
}
