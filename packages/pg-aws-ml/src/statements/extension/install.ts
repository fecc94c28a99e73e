import { createInternalsSql } from '../../catalog/internals.js';
import type { ServerConnection } from '../../server/server-connection.js';
import { inOneTransaction } from '../../server/transaction.js';
import { type InstalledState, readInstalledState } from '../../stubs/installed-state.js';
import { internalSchema } from '../../stubs/names.js';
import { raiseError, raiseNotice } from '../../stubs/server-message.js';
import { internalSchemaSql } from '../../stubs/sql/internal-schema.js';
import { type ExtensionVersion, mlFunctionsSql } from '../../stubs/sql/ml-functions.js';
import { lockInstallation } from './lock-installation.js';

export type ExtensionName = 'aws_ml' | 'aws_commons';

export interface InstallOptions {
  /** Defaults to 2.0. Any other than 1.0 and 2.0 is refused with 22023, as PostgreSQL does. */
  readonly version?: string;
  /** Installs aws_commons where it is missing, with PostgreSQL's NOTICE. */
  readonly cascade?: boolean;
  /** A NOTICE instead of an error (42710) where the extension is there. */
  readonly ifNotExists?: boolean;
}

export const defaultVersion: ExtensionVersion = '2.0';

/** What `CREATE EXTENSION aws_ml` does, in one transaction; leaves the connection synced. */
export function install(connection: ServerConnection, options: InstallOptions = {}): Promise<void> {
  return inOneTransaction(connection, () => createExtension(connection, 'aws_ml', options));
}

/** `CREATE EXTENSION` of one of ours, in the current transaction. */
export async function createExtension(
  connection: ServerConnection,
  name: ExtensionName,
  options: InstallOptions,
): Promise<void> {
  await lockInstallation(connection);
  const state = await readInstalledState(connection);
  if (name === 'aws_ml' ? state.awsMl !== null : state.awsCommons) {
    const already = `extension "${name}" already exists`;
    if (options.ifNotExists !== true) return raiseError(connection, { code: '42710', message: already });
    return raiseNotice(connection, { code: '42710', message: `${already}, skipping` });
  }
  if (name === 'aws_commons') return createCommons(connection, options.version);
  await createMl(connection, state, options);
}

async function createMl(connection: ServerConnection, state: InstalledState, options: InstallOptions): Promise<void> {
  const version = await knownVersion(connection, 'aws_ml', options.version ?? defaultVersion);
  if (!state.awsCommons) {
    if (options.cascade !== true) {
      return raiseError(connection, {
        code: '42704',
        message: 'required extension "aws_commons" is not installed',
        hint: 'Use CREATE EXTENSION ... CASCADE to install required extensions too.',
      });
    }
    await raiseNotice(connection, { code: '00000', message: 'installing required extension "aws_commons"' });
    await createCommons(connection, undefined);
  }
  await runAll(connection, [
    ...createInternalsSql,
    ...mlFunctionsSql(version),
    `INSERT INTO ${internalSchema}.extension VALUES ('aws_ml', '${version}')`,
  ]);
}

async function createCommons(connection: ServerConnection, version: string | undefined): Promise<void> {
  if (version !== undefined) await knownVersion(connection, 'aws_commons', version);
  await runAll(connection, [
    ...internalSchemaSql,
    'CREATE SCHEMA aws_commons',
    'GRANT USAGE ON SCHEMA aws_commons TO PUBLIC',
    `INSERT INTO ${internalSchema}.extension VALUES ('aws_commons', '${version ?? '1.2'}')`,
  ]);
}

const versions: Record<ExtensionName, readonly string[]> = {
  aws_ml: ['1.0', '2.0'],
  aws_commons: ['1.0', '1.1', '1.2'],
};

async function knownVersion(connection: ServerConnection, name: ExtensionName, version: string) {
  if (versions[name].includes(version)) return version as ExtensionVersion;
  return raiseError(connection, {
    code: '22023',
    message: `extension "${name}" has no installation script nor update path for version "${version}"`,
  });
}

/** Sends the statements together and waits for all: after the first that fails the server skips the others. */
export async function runAll(connection: ServerConnection, statements: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(statements.map((sql) => connection.run(sql)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
