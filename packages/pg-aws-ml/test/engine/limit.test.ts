/** A LIMIT over an ML predicate ends the requests, wherever it stands. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab({ models: { echo: { respond: (body) => body } } });
  await lab.pool.query(`
    CREATE TABLE review (id int PRIMARY KEY, body text);
    INSERT INTO review SELECT g, CASE WHEN g % 2 = 0 THEN 'good ' ELSE 'bad ' END || g FROM generate_series(1, 500) AS g;
    CREATE TABLE picked (id int);
    CREATE VIEW happy AS
      SELECT id, body FROM review WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE'`);
});

afterAll(() => lab?.close());

const happy = 'SELECT id FROM happy ORDER BY id LIMIT 5';

test.each([
  ['a SELECT', happy, 5],
  ['a subquery', `SELECT id + 1 FROM (${happy}) AS h`, 5],
  ['a subquery below an aggregate', `SELECT count(*) FROM (${happy}) AS h`, 1],
  ['a subquery with OFFSET', 'SELECT count(*) FROM (SELECT id FROM happy ORDER BY id LIMIT 5 OFFSET 3) AS h', 1],
  ['a WITH query', `WITH h AS MATERIALIZED (${happy}) SELECT a.id FROM h AS a JOIN h AS b USING (id)`, 5],
  ['INSERT … SELECT', `INSERT INTO picked ${happy}`, 5],
  ['CREATE TABLE AS', `CREATE TABLE kept AS ${happy}`, 5],
])('%s needs one batch', async (_, sql, rowCount) => {
  lab.services.requests.reset();
  expect((await lab.pool.query(sql)).rowCount).toBe(rowCount);
  expect(lab.services.requests.total()).toBe(1);
});

test('two of them side by side need one batch each, and do not wait for one another', async () => {
  lab.services.requests.reset();
  const { rows } = await lab.pool.query(
    `(SELECT id FROM happy WHERE id <= 200 ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM happy WHERE id > 200 ORDER BY id LIMIT 2)`,
  );
  expect(rows.map((r) => r.id)).toEqual([2, 4, 202, 204]);
  expect(lab.services.requests.total()).toBe(2);
});

test('time and again in a transaction', async () => {
  const client = await lab.pool.connect();
  await client.query('BEGIN');
  for (const sql of [happy, happy, `SELECT count(*) FROM (${happy}) AS h`, `SELECT count(*) FROM (${happy}) AS h`]) {
    await client.query(sql);
  }
  const { rows } = await client.query('SELECT count(*)::int AS open FROM pg_cursors');
  expect(rows).toEqual([{ open: 0 }]);
  await client.query('COMMIT');
  client.release();
});

test('LIMIT 0 sends nothing', async () => {
  lab.services.requests.reset();
  const { rows } = await lab.pool.query(
    'SELECT count(*)::int AS n FROM (SELECT id FROM happy ORDER BY id LIMIT 0) AS h',
  );
  expect(rows).toEqual([{ n: 0 }]);
  expect(lab.services.requests.total()).toBe(0);
});

test('the rows are those of the order, not those that came first', async () => {
  const { rows } = await lab.pool.query(
    'SELECT * FROM (SELECT id FROM happy ORDER BY id DESC LIMIT 3) AS h ORDER BY id',
  );
  expect(rows.map((r) => r.id)).toEqual([496, 498, 500]);
});

test('the requests end with the batch of the row that meets the limit', async () => {
  // Every second row counts: LIMIT n is met by row 2n.
  for (const limit of [1, 12, 13, 25, 60, 100, 200]) {
    lab.services.requests.reset();
    const { rows } = await lab.pool.query(`SELECT id FROM happy ORDER BY id LIMIT ${limit}`);
    expect(rows.at(-1)).toEqual({ id: 2 * limit });
    expect(lab.services.requests.total()).toBe(Math.ceil((2 * limit) / 25));
  }
});

describe('a service of one input a request', () => {
  const echoed = (text: string) => `aws_bedrock.invoke_model('echo', 'text/plain', 'text/plain', ${text})`;

  test('is asked row by row while the limit may be met by the next', async () => {
    lab.services.requests.reset();
    const { rows } = await lab.pool.query(
      `SELECT id FROM review WHERE ${echoed('body')} = 'good 4' ORDER BY id LIMIT 1`,
    );
    expect(rows).toEqual([{ id: 4 }]);
    expect(lab.services.requests.total()).toBe(4);
  });

  test('is asked about no more rows of a batch that an earlier predicate has passed', async () => {
    lab.services.requests.reset();
    const positive = `(aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE'`;
    const { rows } = await lab.pool.query(
      `SELECT id FROM review WHERE ${positive} AND ${echoed('body')} LIKE '% %' ORDER BY id LIMIT 3 OFFSET 1`,
    );
    expect(rows.map((r) => r.id)).toEqual([4, 6, 8]);
    expect(lab.services.requests.total('comprehend')).toBe(1);
    expect(lab.services.requests.total('bedrock')).toBe(4);
  });
});
