/** Functions of a row, called like a column of it (attribute notation). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab();
  await lab.pool.query(`
    CREATE TABLE review (id int, body text);
    INSERT INTO review VALUES (1, 'The room was great.'), (2, 'The food was terrible.');
    CREATE FUNCTION mood(r review) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment $$;
    CREATE VIEW shown AS SELECT id, 'a column' AS mood FROM review`);
});

afterAll(() => lab?.close());

test.each([
  ['in the SELECT list', 'SELECT r.mood FROM review r ORDER BY id', [{ mood: 'POSITIVE' }, { mood: 'NEGATIVE' }]],
  ['of a parenthesised row', 'SELECT (r).mood FROM review r ORDER BY id', [{ mood: 'POSITIVE' }, { mood: 'NEGATIVE' }]],
  ['in WHERE', "SELECT id FROM review r WHERE r.mood = 'NEGATIVE'", [{ id: 2 }]],
  [
    'beside a call that is batched',
    "SELECT r.mood, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM review r WHERE id = 1",
    [{ mood: 'POSITIVE', sentiment: 'POSITIVE' }],
  ],
])('%s', async (_, sql, rows) => {
  expect((await lab.pool.query(sql)).rows).toEqual(rows);
});

test('a column of the same name stays a column', async () => {
  lab.services.requests.reset();
  expect((await lab.pool.query('SELECT s.mood FROM shown s WHERE id = 1')).rows).toEqual([{ mood: 'a column' }]);
  expect(lab.services.requests.total()).toBe(0);
});
