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
  readonly s3?: boolean;
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

export function install({ extensionVersion, cascade, cacheTable, s3 = false, ...flags }: InstallFlags): Promise<void> {
  const script = installScript('aws_ml', {
    ifNotExists: true,
    cascade,
    ...(extensionVersion !== undefined && { version: extensionVersion }),
    ...(cacheTable !== undefined && { cacheTable: createCacheTable(tableName(cacheTable)) }),
  });
  const done = cacheTable === undefined ? 'CREATE EXTENSION' : 'CREATE EXTENSION\nCREATE TABLE';
  const scripts = [script, ...(s3 ? [installScript('aws_s3', { ifNotExists: true, cascade })] : [])];
  const what = `Installs ${s3 ? 'the extensions aws_ml and aws_s3' : 'the extension aws_ml'} where ${s3 ? 'they are' : 'it is'} missing`;
  return runOrPrint(flags, scripts, s3 ? `${done}\nCREATE EXTENSION` : done, what);
}

export function upgrade({ s3 = false, ...flags }: ScriptFlags): Promise<void> {
  const names = s3 ? (['aws_ml', 'aws_s3'] as const) : (['aws_ml'] as const);
  const what = `Brings the functions of the extension ${names.join(' and ')} to this package's version`;
  const scripts = names.map((name) => updateScript(name, undefined));
  return runOrPrint(flags, scripts, names.map(() => 'ALTER EXTENSION').join('\n'), what);
}

export function uninstall({ cascade = false, dropCache = false, s3 = false, ...flags }: UninstallFlags): Promise<void> {
  const names = ['aws_ml', ...(s3 ? (['aws_s3'] as const) : []), 'aws_commons'] as const;
  const script = dropScript(names, { ifExists: true, cascade, dropCache });
  return runOrPrint(
    flags,
    [script],
    'DROP EXTENSION',
    `Drops the extensions ${names.join(', ').replace(/, (\w+)$/, ' and $1')}`,
  );
}

async function runOrPrint(
  flags: ConnectionFlags & Pick<ScriptFlags, 'sql'>,
  scripts: readonly string[],
  done: string,
  what: string,
): Promise<void> {
  if (flags.sql) {
    const each =
      scripts.length === 1 ? 'One statement; it can run again' : `${scripts.length} statements; they can run again`;
    process.stdout.write(`-- ${what} (pg-aws-ml ${version}). ${each}.\n${scripts.map((s) => `${s};\n`).join('')}`);
    return;
  }
  await withPlainConnection(flags, async (client) => {
    for (const script of scripts) {
      await client.query(script).catch((error: unknown) => {
        throw new StatementFailure(error, script);
      });
    }
    process.stdout.write(`${done}\n`);
  });
}
