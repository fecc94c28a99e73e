import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

/** Navigation into SUPER values, which the server can't parse or resolve, in both protocols. */

let lab: MlLab;
let client: pg.Client;

beforeAll(async () => {
  lab = await openMlLab();
  await lab.pool.query(`CREATE TABLE predictions AS
    SELECT 1 AS id, '{"labels": ["True.", "False."], "probabilities": [0.75, 0.25]}'::jsonb AS prediction`);
  client = await lab.connect();
});
afterAll(() => lab.close());

const queries: readonly [string, (text: string) => object][] = [
  ['a simple query', (text) => ({ text })],
  ['the extended protocol', (text) => ({ text, values: [], queryMode: 'extended' })],
  ['a prepared statement', (text) => ({ text, name: `n${text.length}` })],
];

test.each(queries)('means the same: %s', async (_, query) => {
  const indexed = 'SELECT label, index FROM predictions p, p.prediction.labels AS label AT index ORDER BY index';
  const { rows } = await client.query(query(indexed) as pg.QueryConfig);
  expect(rows).toEqual([
    { label: 'True.', index: 0 },
    { label: 'False.', index: 1 },
  ]);
  const compared = "SELECT prediction.labels[0] FROM predictions WHERE prediction.labels[0] = 'True.'";
  expect((await client.query(query(compared) as pg.QueryConfig)).rows).toEqual([{ labels: 'True.' }]);
});

test('takes parameters', async () => {
  const text = 'SELECT prediction.probabilities[$2::int] FROM predictions WHERE prediction.labels[0] = $1';
  expect((await client.query(text, ['True.', 1])).rows).toEqual([{ probabilities: 0.25 }]);
});

test('without a subscript, a simple query that the server refuses runs again', async () => {
  expect((await client.query('SELECT prediction.labels FROM predictions')).rows).toEqual([
    { labels: ['True.', 'False.'] },
  ]);
  await expect(client.query('SELECT prediktion.labels FROM predictions')).rejects.toMatchObject({ code: '42P01' });
});
