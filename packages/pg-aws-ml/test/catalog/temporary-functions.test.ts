import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
});
afterAll(() => app.end());
beforeEach(async () => {
  client = await app.pool.connect();
});
afterEach(async () => {
  await client.query('ROLLBACK; DISCARD TEMP').catch(() => {});
  client.release(true);
});
const rows = (sql: string) => app.rows(sql, [], client);

describe.each([
  ['sql', `SELECT ${mood('t')}`],
  ['plpgsql', `BEGIN RETURN ${mood('t')}; END`],
])('a function in pg_temp: %s', (language, body) => {
  const create = `CREATE FUNCTION pg_temp.judged(t text) RETURNS text LANGUAGE ${language} AS $$ ${body} $$`;

  it.each(['', 'BEGIN'])('makes its calls in batches: %s', async (begin) => {
    if (begin !== '') await client.query(begin);
    await client.query(create);
    app.requests();
    expect(await rows('SELECT pg_temp.judged(body) FROM notes ORDER BY id')).toEqual([['POSITIVE'], ['NEGATIVE']]);
    expect(app.requests()).toEqual([2]);
    await client.query('UPDATE notes SET mood = pg_temp.judged(body)');
    expect(await rows('SELECT mood FROM notes ORDER BY id')).toEqual([['POSITIVE'], ['NEGATIVE']]);
  });

  it('is not found without its schema, whatever the search path', async () => {
    await client.query(create);
    await client.query('SET search_path = pg_temp, public');
    await expect(client.query('SELECT judged(body) FROM notes')).rejects.toMatchObject({ code: '42883' });
  });

  it('of another session is not seen', async () => {
    await client.query(create);
    await client.query('SELECT pg_temp.judged(body) FROM notes');
    const other = await app.pool.connect();
    await expect(other.query('SELECT pg_temp.judged(body) FROM notes')).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:42883|3F000)$/),
    });
    other.release();
  });
});
