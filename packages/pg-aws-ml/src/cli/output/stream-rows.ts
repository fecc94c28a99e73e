import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Column } from './aligned.js';

/** A result whose rows come while they are read. */
export interface RowStream {
  readonly columns: readonly Column[];
  readonly rows: AsyncIterable<readonly unknown[]>;
}

/** RFC 4180 with a header; NULL is an empty field and an empty string is "". */
export async function writeCsv({ columns, rows }: RowStream): Promise<void> {
  const csv = stringify({
    header: true,
    columns: columns.map(({ name }, index) => ({ key: String(index), header: name })),
    cast: { string: (value) => (value === '' ? { value, quoted_empty: true } : value) },
  });
  await pipeline(Readable.from(rows), csv, process.stdout, { end: false });
}

/** An array of objects, a row a line. */
export async function writeJson({ columns, rows }: RowStream): Promise<void> {
  await pipeline(Readable.from(jsonLines(columns, rows)), process.stdout, { end: false });
}

async function* jsonLines(columns: readonly Column[], rows: RowStream['rows']): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const row of rows) {
    const object = Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
    yield `${separator}${JSON.stringify(object, numbersAsText)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

/** JSON has no NaN and no Infinity; PostgreSQL's to_json writes them as text as well. */
function numbersAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
