import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg-aws-ml';
import { from } from 'pg-copy-streams';

/** Loads a CSV file with a header line into a table. */
export async function copyCsv(pool: Pool, path: string, table: string): Promise<void> {
  const client = await pool.connect();
  try {
    await pipeline(
      createReadStream(path),
      client.query(from(`COPY ${table} FROM STDIN (FORMAT csv, HEADER, ENCODING 'UTF8')`)),
    );
  } finally {
    client.release();
  }
}
