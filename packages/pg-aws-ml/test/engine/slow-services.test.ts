import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    INSERT INTO notes SELECT i, 'good ' || i FROM generate_series(1, 60) i`);
  // The server waits in some way of its own from 20 ms on.
  app.services.setFaults({ comprehend: { latencyMs: 40 } });
});
afterAll(() => app.end());

const statements: readonly (readonly [name: string, sql: string])[] = [
  ['one call after another', `SELECT ${mood(mood('body'))}, id FROM notes ORDER BY id`],
  ['queries side by side', `SELECT ${mood('body')} FROM notes UNION ALL SELECT ${mood("body || '!'")} FROM notes`],
  ['a LIMIT that calls decide', `SELECT id FROM notes WHERE ${mood('body')} = 'NEGATIVE' ORDER BY id LIMIT 3`],
  [
    'a subquery below groups',
    `SELECT m, count(*) FROM (SELECT ${mood('body')} AS m FROM notes) n GROUP BY ${mood('m')}, m`,
  ],
  ['rows that are written', `UPDATE notes SET mood = ${mood('body')} WHERE id < 40 RETURNING ${mood("mood || '?'")}`],
  ['RETURNING alone', `UPDATE notes SET mood = body RETURNING ${mood(mood('mood'))}`],
];

it.each(statements)('%s is answered in and outside of a block', async (_, sql) => {
  const alone = await app.rows(sql);
  const client = await app.pool.connect();
  try {
    await client.query('BEGIN');
    expect(await app.rows(sql, [], client)).toEqual(alone);
    expect(await app.rows('SELECT count(*)::int FROM notes', [], client)).toEqual([[60]]);
    await client.query('COMMIT');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    if (sql.startsWith('SELECT')) expect(await app.rows(sql, [], client)).toEqual(alone);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});
