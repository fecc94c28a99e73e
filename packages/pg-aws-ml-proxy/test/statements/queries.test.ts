import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

let lab: MlLab;
let client: pg.Client;

beforeAll(async () => {
  lab = await openMlLab();
  await lab.pool.query(`CREATE TABLE reviews AS
    SELECT n AS id, CASE n % 3 WHEN 0 THEN 'great' WHEN 1 THEN 'awful' ELSE 'a chair' END || ' ' || n AS body
    FROM generate_series(1, 40) n`);
  client = await lab.connect();
});
afterAll(() => lab.close());

const sentiments = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews";

test.each([
  ['a simple query', `${sentiments} ORDER BY id`, undefined],
  ['a query with parameters', `${sentiments} WHERE id > $1 ORDER BY id`, [12]],
  ['a named statement', { name: 'named', text: `${sentiments} WHERE id < $1 ORDER BY id` }, [30]],
])('%s is answered as by the Pool, in as few requests', async (_, query, values) => {
  lab.requests();
  const { rows, fields } = await client.query(query as string, values as unknown[]);
  const requests = lab.requests();
  const expected = await lab.pool.query(query as string, values as unknown[]);
  expect(rows).toEqual(expected.rows);
  expect(fields).toEqual(expected.fields);
  expect(requests).toBe(lab.requests());
});

test('statements that make no calls pass, before and after', async () => {
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect((await client.query('SELECT $1::int AS one', [2])).rows).toEqual([{ one: 2 }]);
});

test('errors of the server and of the services have their fields', async () => {
  await expect(
    client.query('SELECT aws_bedrock.invoke_model($1, NULL, NULL, $2)', ['no.such', '{}']),
  ).rejects.toMatchObject({ code: '38000' });
  await expect(client.query(`${sentiments} WHERE nowhere = 1`)).rejects.toMatchObject({
    code: '42703',
    position: expect.any(String),
  });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a transaction with ML statements rolls back as a whole', async () => {
  await client.query('BEGIN');
  await client.query("INSERT INTO reviews SELECT 100, (aws_comprehend.detect_sentiment($1, 'en')).sentiment", [
    'great',
  ]);
  expect((await client.query('SELECT body FROM reviews WHERE id = 100')).rows).toEqual([{ body: 'POSITIVE' }]);
  await client.query('ROLLBACK');
  expect((await client.query('SELECT body FROM reviews WHERE id = 100')).rows).toEqual([]);
});

test('a script is one transaction', async () => {
  const script = `INSERT INTO reviews VALUES (200, 'x'); ${sentiments} WHERE id = 1; SELECT 1/0`;
  await expect(client.query(script)).rejects.toMatchObject({ code: '22012' });
  expect((await client.query('SELECT body FROM reviews WHERE id = 200')).rows).toEqual([]);
});

test('invoke_endpoint takes arguments of types that it has not been called with', async () => {
  const text = "SELECT aws_sagemaker.invoke_endpoint('echo', 10, $1::numeric, $2::text, $3::interval) AS answer";
  const values = ['1.50', 'x', '1 day'];
  const pool = await lab.pool.query(text, values).catch((error: Error) => error.message);
  const proxy = await client.query(text, values).catch((error: Error) => error.message);
  expect(typeof proxy === 'string' ? proxy : proxy.rows).toEqual(typeof pool === 'string' ? pool : pool.rows);
});

test.each([
  'SHOW apg_enable_function_migration',
  "SELECT 'aws_sagemaker.invoke_endpoint'::regproc::oid <> 0 AS found, to_regproc('aws_sagemaker.invoke_endpoint') IS NULL AS missing",
])('the server describes what it cannot read itself, in the extended protocol too: %s', async (text) => {
  const expected = await lab.pool.query(text);
  // As drivers do that ask for a description, or prepare everything.
  for (const query of [
    { text, binary: true },
    { text, name: text.slice(0, 20) },
    { text, name: text.slice(0, 20) },
  ]) {
    const { rows, fields } = await client.query({ ...query, values: [] });
    expect(rows).toEqual(expected.rows);
    expect(fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual(
      expected.fields.map(({ name, dataTypeID }) => [name, dataTypeID]),
    );
  }
});
