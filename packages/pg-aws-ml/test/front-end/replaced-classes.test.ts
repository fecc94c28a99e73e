import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import * as pgAwsMl from '../../src/index.js';
import { createTestDatabase } from '../support/postgres.js';

const { Client, Pool } = pg;
afterEach(() => Object.assign(pg, { Client, Pool }));

it('serves libraries that require pg themselves once its classes are replaced by ours', async () => {
  const database = await createTestDatabase();
  Object.assign(pg, { Client: pgAwsMl.Client, Pool: pgAwsMl.Pool });
  const pool = new pg.Pool({ ...database });
  expect((await pool.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
  const client = await pool.connect();
  expect((await client.query("select 'aws_comprehend' as a")).rows).toEqual([{ a: 'aws_comprehend' }]);
  const canceller = new pg.Client({ ...database });
  const query = new pg.Query("select pg_sleep(20), 'aws_comprehend'");
  const failed = new Promise((resolve) => query.on('error', resolve));
  client.query(query);
  setTimeout(() => (canceller as unknown as { cancel(...args: unknown[]): void }).cancel(client, query), 200);
  expect(await failed).toMatchObject({ code: '57014' });
  client.release();
  await pool.end();
});
