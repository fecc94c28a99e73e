import type { Socket } from 'node:net';
import type pg from 'pg';
import type { Pool } from '../index.js';
import { hasLostConnection, withConnection } from './connect.js';
import type { ConnectionFlags } from './connection-options.js';
import { copyFromStandardInput, copyToStandardOutput } from './copy.js';
import { ConnectionFailure, StatementFailure } from './failure.js';
import { Interrupts } from './interrupts.js';
import { AlignedPrinter } from './output/aligned.js';
import { costLines } from './output/cost.js';
import { CsvPrinter } from './output/csv.js';
import { describeError } from './output/error-text.js';
import { JsonPrinter } from './output/json.js';
import type { RowPrinter } from './output/row-printer.js';
import { Progress } from './progress.js';
import { type ClientStatement, readStatements, type SqlSource } from './read-sql.js';
import { RowQuery, type TagSink } from './row-query.js';

export interface QueryFlags extends ConnectionFlags {
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly jsonLines?: boolean;
  readonly stats?: boolean;
}

export async function runQuery(
  argument: string | undefined,
  named: readonly SqlSource[],
  flags: QueryFlags,
): Promise<void> {
  const statements = await readStatements(argument, named);
  await withConnection(flags, async (client, pool) => {
    const interrupts = new Interrupts(client);
    try {
      for (const statement of statements) await runStatement({ client, pool, interrupts, flags }, statement);
    } finally {
      interrupts.close();
    }
    if (flags.stats) for (const line of costLines(pool.awsMl)) process.stderr.write(`${line}\n`);
  });
}

interface Run {
  readonly client: pg.PoolClient;
  readonly pool: Pool;
  readonly interrupts: Interrupts;
  readonly flags: QueryFlags;
}

async function runStatement({ client, pool, interrupts, flags }: Run, statement: ClientStatement): Promise<void> {
  const progress = new Progress(pool, statement.text);
  progress.start();
  const started = (query: object) => interrupts.begin(query);
  try {
    if (statement.copy === 'to') await copyToStandardOutput(client, statement.text, started);
    else if (statement.copy === 'from') {
      await copyFromStandardInput(client, statement.text, started, tagSink(flags, progress));
    } else await printRows(client, statement.text, interrupts, flags, progress);
  } catch (error) {
    progress.stop();
    if (hasLostConnection(client, error)) throw new ConnectionFailure(describeError(error));
    throw new StatementFailure(error, statement.text);
  } finally {
    progress.stop();
    interrupts.end();
  }
}

async function printRows(
  client: pg.PoolClient,
  sql: string,
  interrupts: Interrupts,
  flags: QueryFlags,
  progress: Progress,
): Promise<void> {
  // Rows on the terminal and a bar on it don't get along.
  const onFirstRow = () => {
    if (process.stdout.isTTY) progress.stop();
  };
  const query = new RowQuery(sql, socketOf(client), printerFor(flags), tagSink(flags, progress), onFirstRow);
  interrupts.begin(query, () => query.discard());
  client.query(query);
  await query.done;
}

const socketOf = (client: pg.PoolClient) => (client as unknown as { connection: { stream: Socket } }).connection.stream;

function printerFor({ csv, json, jsonLines }: QueryFlags): RowPrinter {
  if (csv) return new CsvPrinter();
  if (json || jsonLines) return new JsonPrinter(json ? 'array' : 'lines');
  return new AlignedPrinter();
}

/** Beside CSV and JSON, which programs read, tags go to standard error. */
function tagSink({ csv, json, jsonLines }: QueryFlags, progress: Progress): TagSink {
  const stream = csv || json || jsonLines ? process.stderr : process.stdout;
  return (tag) => {
    if (process.stdout.isTTY) progress.stop();
    stream.write(`${tag}\n`);
  };
}
