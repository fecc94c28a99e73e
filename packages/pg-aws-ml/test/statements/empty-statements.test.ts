import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query('CREATE TABLE notes (id int, body text)');
  await app.pool.query(`INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
});
afterAll(() => app.end());

describe('a text', () => {
  it.each([
    `;;SELECT ${mood('body')} FROM notes ORDER BY id`,
    `; /* app */ ; SELECT ${mood('body')} FROM notes ORDER BY id;;`,
    `/* app */ SELECT ${mood('body')} FROM notes ORDER BY id -- end`,
  ])('may have empty statements and comments around its statement: %s', async (sql) => {
    expect(await app.rows(sql)).toEqual([['POSITIVE'], ['NEGATIVE']]);
    expect((await app.pool.query({ text: sql, rowMode: 'array' })).rows).toHaveLength(2);
  });

  it.each([
    `;;UPDATE notes SET body = body WHERE ${mood('body')} = 'NEGATIVE'`,
    `;;EXPLAIN SELECT ${mood('body')} FROM notes`,
  ])('whatever its statement is: %s', async (sql) => {
    const { rows, rowCount } = await app.pool.query(sql);
    expect(rows.length + (rowCount ?? 0)).toBeGreaterThan(0);
  });
});

it('whose statement fails names the position in the text', async () => {
  const sql = `;; SELECT ${mood('nobody')} FROM notes`;
  await expect(app.pool.query(sql)).rejects.toMatchObject({
    code: '42703',
    position: String(sql.indexOf('nobody') + 1),
  });
});

describe('what stays refused for want of a place for results', () => {
  it.each(['BEGIN READ ONLY'])('%s', async (begin) => {
    await app.pool.query(`CREATE FUNCTION slow_mood(t text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RETURN ${mood('t')}; END $$`);
    const client = await app.pool.connect();
    try {
      await client.query(begin);
      await expect(client.query('SELECT slow_mood(body) FROM notes')).rejects.toMatchObject({ code: '0A000' });
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });

  it('EXPLAIN ANALYZE of what runs live', async () => {
    await app.pool.query('CREATE SEQUENCE numbers');
    await expect(
      app.pool.query(`EXPLAIN ANALYZE INSERT INTO notes SELECT nextval('numbers'), ${mood(`'good ' || random()`)}`),
    ).rejects.toMatchObject({ code: '0A000' });
  });
});
