import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';

const tables = {
  reviews: `CREATE TABLE reviews (
    id int PRIMARY KEY, category text NOT NULL, product text NOT NULL, stars int NOT NULL, written_on date NOT NULL,
    review text NOT NULL)`,
  readings: 'CREATE TABLE readings (taken_at timestamp PRIMARY KEY, litres float8 NOT NULL)',
};

/** Fills a table from the CSV file of its name. */
export async function loadTables(pool) {
  for (const [name, definition] of Object.entries(tables)) {
    await pool.query(definition);
    const client = await pool.connect();
    const copy = client.query(copyFrom(`COPY ${name} FROM STDIN (FORMAT csv, HEADER)`));
    await pipeline(createReadStream(join(import.meta.dirname, `${name}.csv`)), copy);
    client.release();
  }
}
