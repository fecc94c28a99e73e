import { createCacheTable, tableName } from '../cache/cache-table-sql.js';
import { dropScript } from '../statements/extension/drop-script.js';
import { installScript } from '../statements/extension/install-script.js';
import { updateScript } from '../statements/extension/update-script.js';
import { withPlainConnection } from './connect-plainly.js';
import type { ConnectionFlags } from './connection-options.js';
import { StatementFailure } from './failure.js';
import { version } from './version.js';

export interface ScriptFlags extends ConnectionFlags {
  readonly sql?: boolean;
}

export interface InstallFlags extends ScriptFlags {
  readonly extensionVersion?: string;
  readonly cascade: boolean;
  readonly cacheTable?: string | true;
}

export interface UninstallFlags extends ScriptFlags {
  readonly cascade?: boolean;
  readonly dropCache?: boolean;
}

export function install({ extensionVersion, cascade, cacheTable, ...flags }: InstallFlags): Promise<void> {
  const script = installScript('aws_ml', {
    ifNotExists: true,
    cascade,
    ...(extensionVersion !== undefined && { version: extensionVersion }),
    ...(cacheTable !== undefined && { cacheTable: createCacheTable(tableName(cacheTable)) }),
  });
  const done = cacheTable === undefined ? 'CREATE EXTENSION' : 'CREATE EXTENSION\nCREATE TABLE';
  return runOrPrint(flags, script, done, 'Installs the extension aws_ml where it is missing');
}

export function upgrade(flags: ScriptFlags): Promise<void> {
  const what = "Brings the functions of the extension aws_ml to this package's version";
  return runOrPrint(flags, updateScript('aws_ml', undefined), 'ALTER EXTENSION', what);
}

export function uninstall({ cascade = false, dropCache = false, ...flags }: UninstallFlags): Promise<void> {
  const script = dropScript(['aws_ml', 'aws_commons'], { ifExists: true, cascade, dropCache });
  return runOrPrint(flags, script, 'DROP EXTENSION', 'Drops the extensions aws_ml and aws_commons');
}

async function runOrPrint(flags: ScriptFlags, script: string, done: string, what: string): Promise<void> {
  if (flags.sql) {
    process.stdout.write(`-- ${what} (pg-aws-ml ${version}). One statement; it can run again.\n${script};\n`);
    return;
  }
  await withPlainConnection(flags, async (client) => {
    await client.query(script).catch((error: unknown) => {
      throw new StatementFailure(error, script);
    });
    process.stdout.write(`${done}\n`);
  });
}
