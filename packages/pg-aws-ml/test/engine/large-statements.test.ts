/** Statements that a program wrote: thousands of rows, or nested beyond reason. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
});

afterAll(() => lab?.close());

test('a VALUES list of thousands of calls is batched', async () => {
  const rows = Array.from(
    { length: 2_000 },
    (_, i) => `(${i}, (aws_comprehend.detect_sentiment('good ${i}', 'en')).sentiment)`,
  );
  await lab.pool.query('CREATE TABLE bulk (id int, mood text)');
  lab.services.requests.reset();
  await lab.pool.query(`INSERT INTO bulk VALUES ${rows.join(', ')}`);
  expect(lab.services.requests.total()).toBe(80);
  const { rows: counted } = await lab.admin.query(
    'SELECT count(DISTINCT id)::int AS n FROM bulk WHERE mood IS NOT NULL',
  );
  expect(counted).toEqual([{ n: 2_000 }]);
});

test.each([
  ['function calls', `${'abs('.repeat(3_000)}1${')'.repeat(3_000)}`],
  ['operators', `1${'+ 1'.repeat(20_000)}`],
])('%s nested beyond the stack are 54001, time and again', async (_, expression) => {
  const call = "(aws_comprehend.detect_sentiment('good', 'en')).sentiment";
  for (let i = 0; i < 30; i++) {
    await expect(lab.pool.query(`SELECT ${call}, ${expression}`)).rejects.toMatchObject({ code: '54001' });
  }
  const { rows } = await lab.pool.query(`SELECT ${call}`);
  expect(rows).toEqual([{ sentiment: 'POSITIVE' }]);
});
