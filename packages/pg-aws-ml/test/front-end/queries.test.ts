import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { echoClasses, newLog } from './echo-engine.js';

const log = newLog();
const { Client, Pool } = echoClasses(log);
let database: DatabaseAddress;
let client: InstanceType<typeof Client>;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ ...database });
  await client.connect();
});
afterAll(() => client.end());

describe('a statement that is ours', () => {
  it('answers a promise by the simple protocol', async () => {
    const result = await client.query("select 1 as echo, 'x'::text as t");
    expect(result).toBeInstanceOf(pg.Result);
    expect(result.rows).toEqual([{ echo: 1, t: 'x' }]);
    expect(result).toMatchObject({ command: 'SELECT', rowCount: 1 });
    expect(log.statements.at(-1)).toMatchObject({ values: undefined });
  });

  it('answers an extended query in several chunks', async () => {
    const { rows } = await client.query('select g, $1::text as echo from generate_series(1, 10) g', ['é']);
    expect(rows).toHaveLength(10);
    expect(rows[9]).toEqual({ g: 10, echo: 'é' });
  });

  it('calls back and returns undefined', async () => {
    const rows = await new Promise((resolve, reject) => {
      const returned: unknown = client.query('select $1::int as echo', [7], (error, result) =>
        error ? reject(error) : resolve([returned, result.rows]),
      );
    });
    expect(rows).toEqual([undefined, [{ echo: 7 }]]);
  });
});

it('runs through a pool', async () => {
  const pool = new Pool({ ...database, max: 2 });
  const { rows } = await pool.query('select 5 as echo');
  expect(rows).toEqual([{ echo: 5 }]);
  await pool.end();
  expect(log.closed).toBe(1);
});
