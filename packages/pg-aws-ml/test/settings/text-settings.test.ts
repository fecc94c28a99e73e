import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE docs (id int, owner text, body text);
    INSERT INTO docs VALUES (1, 'mallory', 'bad'), (2, 'alice', 'né')`);
  await app.pool.query(`CREATE FUNCTION loud(t text) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN (aws_comprehend.detect_sentiment(t || '!', 'en')).sentiment; END $$`);
});
afterAll(() => app.end());
beforeEach(async () => {
  client = await app.pool.connect();
  app.requests();
});
afterEach(() => client.release(true));

const settings = [
  ['standard_conforming_strings', 'off'],
  ['client_encoding', 'LATIN1'],
  ['client_encoding', 'WIN1252'],
  ['client_encoding', 'EUC_JP'],
  ['array_nulls', 'off'],
] as const;

const statements = [
  `SELECT id, ${mood('body')} FROM docs`,
  'SELECT id, loud(body) FROM docs',
  `UPDATE docs SET owner = owner WHERE ${mood('body')} = 'x'`,
  `DO $$ BEGIN PERFORM loud('a'); END $$`,
  `EXPLAIN ANALYZE SELECT ${mood('body')} FROM docs`,
];

describe('a setting under which text would be read or written otherwise', () => {
  it.each(settings)('%s = %s: a statement with ML calls is refused before anything is sent', async (name, value) => {
    await client.query(`SET ${name} = ${value}`);
    for (const sql of statements) {
      await expect(client.query(sql), sql).rejects.toMatchObject({
        code: '0A000',
        hint: expect.stringContaining(name),
      });
    }
    expect(app.requests()).toEqual([]);
    expect((await client.query('SELECT count(*)::int AS n FROM docs')).rows).toEqual([{ n: 2 }]);
    await client.query(`RESET ${name}`);
    expect((await client.query(`SELECT ${mood('body')} FROM docs`)).rows).toHaveLength(2);
  });

  it('a string is not read otherwise than the server reads it', async () => {
    await client.query('SET standard_conforming_strings = off');
    const where = (operator: string) => `WHERE owner ${operator} 'mallory\\' OR true --'`;
    // No row is wanted, and so no call is made.
    expect((await client.query(`SELECT ${mood('body')} FROM docs ${where('=')}`)).rows).toEqual([]);
    await expect(client.query(`SELECT ${mood('body')} FROM docs ${where('<>')}`)).rejects.toMatchObject({
      code: '0A000',
      hint: expect.stringContaining('standard_conforming_strings'),
    });
    expect(app.requests()).toEqual([]);
    // Without an ML call it is the server's.
    const { rows } = await client.query(`SELECT 'detect_sentiment\\'' AS word`);
    expect(rows).toEqual([{ word: "detect_sentiment'" }]);
  });

  it('is seen however it was set', async () => {
    await client.query('BEGIN');
    await client.query('SET LOCAL array_nulls = off');
    await expect(client.query(`SELECT ${mood('body')} FROM docs`)).rejects.toMatchObject({ code: '0A000' });
    await client.query('ROLLBACK');
    await client.query(`SELECT set_config('standard_conforming_strings', 'off', false)`);
    await expect(client.query(`SELECT ${mood('body')} FROM docs`)).rejects.toMatchObject({ code: '0A000' });
    await client.query('SET standard_conforming_strings = on');
    for (const set of [
      'SET standard_conforming_strings = off',
      `SELECT set_config('client_encoding', 'LATIN1', true)`,
    ]) {
      await expect(client.query(`${set}; SELECT ${mood('body')} FROM docs`)).rejects.toMatchObject({ code: '0A000' });
    }
    expect(app.requests()).toEqual([]);
  });
});
