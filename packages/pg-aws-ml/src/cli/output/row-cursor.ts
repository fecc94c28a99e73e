import type pg from 'pg';
import Cursor from 'pg-cursor';
import type { Column } from './aligned.js';
import type { RowStream } from './stream-rows.js';

const ROWS_A_READ = 200;

interface Portion {
  readonly rows: readonly (readonly unknown[])[];
  readonly columns: readonly Column[];
  readonly tag: string | undefined;
}

/** A statement whose rows are fetched as they are wanted: memory stays bounded, the first rows come early. */
export async function openRows(
  client: pg.PoolClient,
  sql: string,
  types: pg.CustomTypesConfig,
): Promise<RowStream & { readonly tag: string | undefined }> {
  const cursor = client.query(new Cursor(sql, [], { rowMode: 'array', types }));
  const first = await read(cursor);
  return { columns: first.columns, tag: first.tag, rows: follow(cursor, first) };
}

async function* follow(cursor: Cursor, first: Portion): AsyncGenerator<readonly unknown[]> {
  for (let portion = first; portion.rows.length > 0; portion = await read(cursor)) yield* portion.rows;
}

function read(cursor: Cursor): Promise<Portion> {
  return new Promise((resolve, reject) => {
    // Without a result once the cursor is at its end.
    cursor.read(ROWS_A_READ, (error: Error | undefined, rows: unknown[][], result: pg.QueryResult | undefined) => {
      if (error) reject(error);
      else resolve({ rows, columns: result?.fields ?? [], tag: result?.command ? commandTag(result) : undefined });
    });
  });
}

/** What psql prints after a statement without rows. */
export function commandTag({ command, rowCount }: Pick<pg.QueryResult, 'command' | 'rowCount'>): string {
  if (rowCount === null) return command;
  return command === 'INSERT' ? `INSERT 0 ${rowCount}` : `${command} ${rowCount}`;
}
