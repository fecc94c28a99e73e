import { Command } from 'commander';
import { addConnectionOptions } from '../connection-options.js';
import type { InstallFlags, ScriptFlags, UninstallFlags } from '../run-scripts.js';

const sqlOption = ['--sql', 'print the SQL for a migration instead of running it; needs no connection'] as const;

const scripts = () => import('../run-scripts.js');

export function installCommand(): Command {
  return addConnectionOptions(new Command('install'))
    .description('CREATE EXTENSION IF NOT EXISTS aws_ml: the schemas, the functions and the role aws_ml')
    .option('--extension-version <number>', 'version of aws_ml: 1.0 without Bedrock, 2.0 with it (default: 2.0)')
    .option('--cascade', 'install aws_commons where it is missing', true)
    .option('--no-cascade', 'fail where aws_commons is missing')
    .option('--cache-table [name]', 'also make a table for the option cache.table (default: _aws_ml.result_cache)')
    .option('--s3', 'also CREATE EXTENSION IF NOT EXISTS aws_s3: exports to S3 and imports from it')
    .option(...sqlOption)
    .action(async (flags: InstallFlags) => (await scripts()).install(flags));
}

export function upgradeCommand(): Command {
  return addConnectionOptions(new Command('upgrade'))
    .description("ALTER EXTENSION aws_ml UPDATE: brings the functions in the database to this package's version")
    .option('--s3', 'also ALTER EXTENSION aws_s3 UPDATE')
    .option(...sqlOption)
    .action(async (flags: ScriptFlags) => (await scripts()).upgrade(flags));
}

export function uninstallCommand(): Command {
  return addConnectionOptions(new Command('uninstall'))
    .description('DROP EXTENSION aws_ml and aws_commons; a cache in their schema that holds results is kept')
    .option('--cascade', 'drop what depends on them too, such as your own functions')
    .option('--drop-cache', 'drop the tables of a cache in the schema _aws_ml too, with their results')
    .option('--s3', 'also DROP EXTENSION aws_s3')
    .option(...sqlOption)
    .action(async (flags: UninstallFlags) => (await scripts()).uninstall(flags));
}
