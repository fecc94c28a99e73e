import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  lab = await openLab();
  pool = lab.openPool({ awsMl: { cache: { maxBytes: 1_000_000, ttlMs: 60_000 } } });
  await pool.query('CREATE TABLE note (id int PRIMARY KEY, body text)');
  await pool.query("INSERT INTO note SELECT i, 'text number ' || i FROM generate_series(1, 20) i");
});
afterAll(() => lab.close());

async function plan(sql: string): Promise<string[]> {
  const { rows } = await pool.query({ text: sql, rowMode: 'array' });
  return rows.map(([line]) => String(line));
}

const select = (where: string, language = 'en') =>
  `SELECT (aws_comprehend.detect_sentiment(body, '${language}')).sentiment FROM note WHERE ${where}`;

test('EXPLAIN ANALYZE says how many inputs the cache has answered', async () => {
  await pool.query(select('id <= 12'));
  lab.services.requests.reset();
  const lines = await plan(`EXPLAIN ANALYZE ${select('true')}`);
  expect(lines).toContain('        Inputs: 20  Distinct Inputs: 20  Requests: 1  Retries: 0');
  expect(lines).toContain('        Cached Inputs: 12  Shared Inputs: 0  Sent Inputs: 8');
  expect(lab.services.requests.total()).toBe(1);
  expect(pool.awsMl.stats()).toMatchObject([{ inputs: 32, cachedInputs: 12, sentInputs: 20, sharedInputs: 0 }]);
});

test('EXPLAIN ANALYZE says so where nothing had to be sent', async () => {
  const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${select('true')}`);
  expect(rows[0]['QUERY PLAN'][0].Plan.Plans[1]).toMatchObject({
    Requests: 0,
    'Cached Inputs': 20,
    'Shared Inputs': 0,
    'Sent Inputs': 0,
  });
});

test('EXPLAIN ANALYZE says how many inputs another statement was sending', async () => {
  // Longer than it takes to explain the statement, whatever else the machine does.
  lab.services.setFaults({ comprehend: { latencyMs: 3000 } });
  const other = pool.query(select('id <= 5', 'fr'));
  await expect.poll(() => pool.awsMl.stats()[0]?.sentInputs).toBe(25);
  const lines = await plan(`EXPLAIN ANALYZE ${select('id <= 8', 'fr')}`);
  lab.services.setFaults({});
  await other;
  expect(lines).toContain('        Cached Inputs: 0  Shared Inputs: 5  Sent Inputs: 3');
});
