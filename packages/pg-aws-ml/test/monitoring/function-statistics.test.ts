import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
let client: PoolClient;

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  await lab.pool.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 40) i;
    CREATE FUNCTION double(x int) RETURNS int LANGUAGE sql AS $$ SELECT aws_sagemaker.invoke_endpoint('double', 10, x)::int $$;
    CREATE FUNCTION pl_label(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$`);
  client = await lab.pool.connect();
  await client.query("SET track_functions = 'all'");
});

beforeEach(async () => {
  await client.query('SELECT pg_stat_reset()');
});

afterAll(async () => {
  client.release();
  await lab.close();
});

const documented = "SELECT * FROM pg_stat_user_functions WHERE schemaname LIKE 'aws_%'";
const sentiments = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs";

test('the documented query shows calls and times of functions that ran in batches', async () => {
  await client.query(sentiments);
  await client.query("SELECT aws_sagemaker.invoke_endpoint('double', 10, id) FROM docs");
  const { rows } = await client.query(`${documented} ORDER BY funcname`);
  expect(rows).toEqual([
    {
      funcid: expect.any(Number),
      schemaname: 'aws_comprehend',
      funcname: 'detect_sentiment',
      calls: '40',
      total_time: expect.any(Number),
      self_time: expect.any(Number),
    },
    expect.objectContaining({ schemaname: 'aws_sagemaker', funcname: 'invoke_endpoint', calls: '40' }),
  ]);
  for (const row of rows) expect(row.total_time).toBeGreaterThan(0);
});

test('the columns are those of the view', async () => {
  const native = await lab.admin.query('SELECT * FROM pg_stat_user_functions LIMIT 0');
  await client.query(sentiments);
  const ours = await client.query(documented);
  const shape = (fields: typeof native.fields) => fields.map((f) => [f.name, f.dataTypeID]);
  expect(shape(ours.fields)).toEqual(shape(native.fields));
});

test('pg_stat_reset clears them', async () => {
  await client.query(sentiments);
  await client.query('SELECT pg_stat_reset()');
  expect((await client.query(`${documented} AND calls > 0`)).rows).toEqual([]);
});

test('a session that does not track functions counts nothing', async () => {
  await lab.pool.query(sentiments);
  expect((await client.query(`${documented} AND calls > 0`)).rows).toEqual([]);
});

test.each([
  ['a parameter', 'SELECT calls::int FROM pg_stat_user_functions WHERE funcname = $1', ['detect_sentiment']],
  [
    'an alias',
    "SELECT s.calls::int FROM pg_catalog.pg_stat_user_functions s WHERE s.funcname = 'detect_sentiment'",
    undefined,
  ],
  [
    'a join',
    `SELECT calls::int FROM pg_proc p JOIN pg_stat_user_functions ON funcid = p.oid WHERE proname = 'detect_sentiment'`,
    undefined,
  ],
])('the view is read with %s', async (_, text, values) => {
  await client.query(sentiments);
  expect((await client.query(text, values)).rows).toEqual([{ calls: 40 }]);
});

test('a WITH query of the same name is left alone', async () => {
  await client.query(sentiments);
  const text = 'WITH pg_stat_user_functions AS (SELECT 1 AS x) SELECT * FROM pg_stat_user_functions';
  expect((await client.query(text)).rows).toEqual([{ x: 1 }]);
});

test('the source of functions finds the wrappers of the user, and nothing of ours', async () => {
  const { rows } = await client.query(`SELECT proname, prosrc FROM pg_proc WHERE prosrc LIKE '%invoke_endpoint%'`);
  expect(rows).toEqual([{ proname: 'double', prosrc: " SELECT aws_sagemaker.invoke_endpoint('double', 10, x)::int " }]);
});

test('calls that the server has run are shown beside them', async () => {
  await client.query(sentiments);
  await client.query("SELECT pl_label('document 1')");
  // The server gathers what its sessions have counted once a second.
  await expect
    .poll(
      async () => {
        const { rows } = await client.query('SELECT f.funcname, f.calls::int FROM pg_stat_user_functions AS f');
        return Object.fromEntries(rows.map((r) => [r.funcname, r.calls]));
      },
      { timeout: 5000, interval: 300 },
    )
    .toMatchObject({ pl_label: expect.any(Number), detect_sentiment: expect.any(Number) });
});
