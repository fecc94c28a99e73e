import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { type EchoLog, echoClasses, newLog } from './echo-engine.js';

const log: EchoLog = newLog();
const { Client } = echoClasses(log, { chunk: 10 });
let client: InstanceType<typeof Client>;
const numbers = 'select g as echo from generate_series(1, $1::int) g';

beforeAll(async () => {
  client = new Client({ ...(await createTestDatabase()) });
  await client.connect();
});
afterAll(() => client.end());
beforeEach(() => {
  log.rowsFetched = 0;
  log.aborted = 0;
});

/** The connection serves other statements as before. */
async function expectUsable(): Promise<void> {
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect((await client.query('select 2 as echo')).rows).toEqual([{ echo: 2 }]);
}

describe('a cursor', () => {
  it('reads in portions and ends', async () => {
    const cursor = client.query(new Cursor(numbers, [5]));
    expect((await cursor.read(2)).map((row) => row.echo)).toEqual([1, 2]);
    expect((await cursor.read(2)).map((row) => row.echo)).toEqual([3, 4]);
    expect((await cursor.read(2)).map((row) => row.echo)).toEqual([5]);
    expect(await cursor.read(2)).toEqual([]);
    await cursor.close();
    await expectUsable();
  });

  it('asks the engine for no more than it reads', async () => {
    const cursor = client.query(new Cursor(numbers, [1000]));
    await cursor.read(3);
    await cursor.close();
    expect(log).toMatchObject({ rowsFetched: 10, aborted: 1 });
    await expectUsable();
  });

  it('may be closed while it reads', async () => {
    const cursor = client.query(new Cursor(numbers, [1000]));
    const [rows] = await Promise.all([cursor.read(3), cursor.close()]);
    expect(rows).toHaveLength(3);
    expect(log.aborted).toBe(1);
    await expectUsable();
  });

  it('executes nothing before it is read', async () => {
    const cursor = client.query(new Cursor(numbers, [1000]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cursor.close();
    expect(log).toMatchObject({ rowsFetched: 0, aborted: 1 });
    await expectUsable();
  });

  it('gives the error to the read, and the connection goes on', async () => {
    const cursor = client.query(new Cursor('select 1 / (3 - g) as echo from generate_series(1, 9) g', []));
    await expect(cursor.read(9)).rejects.toMatchObject({ code: '22012' });
    await cursor.close();
    await expectUsable();
  });

  it('reports an error of the text before it is read', async () => {
    const cursor = client.query(new Cursor('select echo from', []));
    await expect(cursor.read(1)).rejects.toMatchObject({ code: '42601', position: '17' });
    await expectUsable();
  });

  it('runs a statement without rows', async () => {
    const cursor = client.query(new Cursor('create temp table echo (a int)', []));
    expect(await cursor.read(5)).toEqual([]);
    await cursor.close();
    await expectUsable();
  });
});

describe('a query stream', () => {
  it('streams all rows', async () => {
    const seen: number[] = [];
    for await (const row of client.query(new QueryStream(numbers, [250], { batchSize: 7 }))) seen.push(row.echo);
    expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
    await expectUsable();
  });

  it('stops when the consumer does', async () => {
    for await (const row of client.query(new QueryStream(numbers, [100_000], { batchSize: 5 }))) {
      if (row.echo === 12) break;
    }
    await expectUsable();
    expect(log.rowsFetched).toBeLessThan(100);
  });

  it('is destroyed with the error', async () => {
    const stream = client.query(new QueryStream('select 1 / (3 - g) as echo from generate_series(1, 9) g'));
    await expect(stream.toArray()).rejects.toMatchObject({ code: '22012' });
    await expectUsable();
  });
});

describe('the `rows` option of a query', () => {
  it('fetches all rows, some at a time', async () => {
    const { rows } = await client.query({ text: numbers, values: [25], rows: 4 } as { text: string; values: number[] });
    expect(rows).toHaveLength(25);
    await expectUsable();
  });
});
