import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { TagSink } from './row-query.js';

type Started = (query: object) => void;

/** `COPY … TO STDOUT`: the rows go to standard output as they come, and nothing else does. */
export async function copyToStandardOutput(client: pg.ClientBase, sql: string, started: Started): Promise<void> {
  const rows = client.query(copyTo(sql));
  started(rows);
  await pipeline(rows, process.stdout, { end: false });
}

/** `COPY … FROM STDIN`: standard input to its end. */
export async function copyFromStandardInput(
  client: pg.ClientBase,
  sql: string,
  started: Started,
  onTag: TagSink,
): Promise<void> {
  const table = client.query(copyFrom(sql));
  started(table);
  await pipeline(process.stdin, table);
  onTag(`COPY ${table.rowCount}`);
}
