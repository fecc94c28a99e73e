import pg from 'pg';
import Cursor from 'pg-cursor';
import { beforeAll, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { startRecordingProxy } from './recording-proxy.js';

let database: DatabaseAddress;
beforeAll(async () => {
  database = await createTestDatabase();
});

const hundredLines = [
  '-- A statement of a hundred lines: é, "quotes", $$dollars$$ and\ttabs stay as they are.',
  'select',
  ...Array.from({ length: 97 }, (_, index) => `  ${index} as "column ${index}", /* ${'x'.repeat(index)} */`),
  "  'last''s' as t  ;",
].join('\n');

/** What a pool of one connection sends while `use` uses it. */
async function bytesSent(PoolClass: typeof pg.Pool, use: (pool: pg.Pool) => Promise<unknown>): Promise<Buffer> {
  const proxy = await startRecordingProxy(database);
  const pool = new PoolClass({ ...proxy.address, max: 1 });
  await use(pool);
  await pool.end();
  await proxy.stop();
  return proxy.sent();
}

const uses: Record<string, (pool: pg.Pool) => Promise<unknown>> = {
  'select 1': (pool) => pool.query('select 1'),
  'a statement of a hundred lines': (pool) => pool.query(hundredLines),
  'values, names, scripts and errors': async (pool) => {
    await pool.query('select $1::text, $2::bytea', ['é', Buffer.from([0, 1])]);
    for (const value of [1, 2]) await pool.query({ name: 'named', text: 'select $1::int', values: [value] });
    await pool.query('select 1; select 2');
    await pool.query('select 1 / 0').catch(() => {});
  },
  'a cursor': async (pool) => {
    const client = await pool.connect();
    const cursor = client.query(new Cursor('select 1 union all select 2 union all select 3', []));
    await cursor.read(2);
    await cursor.close();
    client.release();
  },
};

it.each(Object.keys(uses))('sends %s byte for byte as pg does', async (name) => {
  // pg-cursor numbers its portals in the order of their making.
  const normalized = (bytes: Buffer) => bytes.toString('latin1').replaceAll(/C_\d+/g, 'C_n');
  const expected = normalized(await bytesSent(pg.Pool, uses[name]!));
  const actual = normalized(await bytesSent(Pool as unknown as typeof pg.Pool, uses[name]!));
  expect(expected.length).toBeGreaterThan(50);
  expect(actual).toBe(expected);
});
