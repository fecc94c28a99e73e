import { Command } from 'commander';
import { createCacheTable, tableName } from '../../cache/cache-table-sql.js';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connect.js';
import { StatementFailure } from '../failure.js';

interface InstallFlags extends ConnectionFlags {
  readonly version?: string;
  readonly cascade: boolean;
  readonly cacheTable?: string | true;
}

interface UninstallFlags extends ConnectionFlags {
  readonly cascade?: boolean;
}

export function installCommand(): Command {
  return addConnectionOptions(new Command('install'))
    .description('CREATE EXTENSION IF NOT EXISTS aws_ml: the schemas, the functions and the role aws_ml')
    .option('--version <number>', 'version of aws_ml: 1.0 without Bedrock, 2.0 with it (default: 2.0)')
    .option('--cascade', 'install aws_commons where it is missing', true)
    .option('--no-cascade', 'fail where aws_commons is missing')
    .option('--cache-table [name]', 'also make a table for the option cache.table (default: _aws_ml.result_cache)')
    .action(async ({ version, cascade, cacheTable, ...flags }: InstallFlags) => {
      const name = version === undefined ? '' : ` VERSION '${version.replaceAll("'", "''")}'`;
      await runAll(
        flags,
        [`CREATE EXTENSION IF NOT EXISTS aws_ml${name}${cascade ? ' CASCADE' : ''}`],
        'CREATE EXTENSION',
      );
      if (cacheTable !== undefined) await runAll(flags, createCacheTable(tableName(cacheTable)), 'CREATE TABLE');
    });
}

export function uninstallCommand(): Command {
  return addConnectionOptions(new Command('uninstall'))
    .description('DROP EXTENSION aws_ml and aws_commons')
    .option('--cascade', 'drop what depends on them too, such as your own functions')
    .action(async ({ cascade, ...flags }: UninstallFlags) => {
      await runAll(
        flags,
        [`DROP EXTENSION IF EXISTS aws_ml, aws_commons${cascade ? ' CASCADE' : ''}`],
        'DROP EXTENSION',
      );
    });
}

async function runAll(flags: ConnectionFlags, statements: readonly string[], done: string): Promise<void> {
  await withConnection(flags, async (client) => {
    for (const sql of statements) {
      await client.query(sql).catch((error: unknown) => {
        throw new StatementFailure(error, sql);
      });
    }
    process.stdout.write(`${done}\n`);
  });
}
