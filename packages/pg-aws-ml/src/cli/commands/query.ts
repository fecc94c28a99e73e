import { Command, Option } from 'commander';
import type pg from 'pg';
import type { AwsMl } from '../../index.js';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connect.js';
import { StatementFailure } from '../failure.js';
import { alignedTable } from '../output/aligned.js';
import { costLines } from '../output/cost.js';
import { commandTag, openRows } from '../output/row-cursor.js';
import { type RowStream, writeCsv, writeJson } from '../output/stream-rows.js';
import { jsonTypes, textTypes } from '../output/value-types.js';
import { Progress } from '../progress.js';
import { readSql, splitStatements } from '../read-sql.js';

interface QueryFlags extends ConnectionFlags {
  readonly file?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly stats?: boolean;
}

export function queryCommand(): Command {
  return addConnectionOptions(new Command('query'))
    .description('run SQL: an argument, a file, or standard input; statement by statement, to the first that fails')
    .argument('[sql]', 'the SQL')
    .option('-f, --file <path>', 'read the SQL from a file')
    .addOption(new Option('--csv', 'CSV with a header, rows as they come').conflicts('json'))
    .option('--json', 'an array of objects, rows as they come')
    .option('--stats', 'say on standard error what the ML calls cost')
    .addOption(new Option('--on-error <what>', 'what a failed ML call gives').choices(['fail', 'null']).default('fail'))
    .action(run);
}

async function run(sql: string | undefined, flags: QueryFlags): Promise<void> {
  const statements = await splitStatements(await readSql(sql, flags.file));
  await withConnection(flags, async (client, { awsMl }) => {
    for (const statement of statements) {
      try {
        await runStatement(client, awsMl, statement, flags);
      } catch (error) {
        throw new StatementFailure(error, statement);
      }
    }
    if (flags.stats) for (const line of costLines(awsMl)) process.stderr.write(`${line}\n`);
  });
}

async function runStatement(client: pg.PoolClient, awsMl: AwsMl, sql: string, flags: QueryFlags): Promise<void> {
  const progress = new Progress(awsMl);
  progress.start();
  try {
    if (flags.csv || flags.json) await stream(client, sql, flags, progress);
    else await print(client, sql, progress);
  } finally {
    progress.stop();
  }
}

async function print(client: pg.PoolClient, sql: string, progress: Progress): Promise<void> {
  const result = await client.query({ text: sql, rowMode: 'array', types: textTypes });
  progress.stop();
  process.stdout.write(result.fields.length > 0 ? alignedTable(result.fields, result.rows) : `${commandTag(result)}\n`);
}

async function stream(client: pg.PoolClient, sql: string, flags: QueryFlags, progress: Progress): Promise<void> {
  const result = await openRows(client, sql, flags.json ? jsonTypes : textTypes);
  // Rows on the terminal and a spinner on it don't get along.
  if (process.stdout.isTTY) progress.stop();
  const write: (rows: RowStream) => Promise<void> = flags.json ? writeJson : writeCsv;
  if (result.columns.length > 0) await write(result);
  else process.stderr.write(`${result.tag ?? ''}\n`);
}
