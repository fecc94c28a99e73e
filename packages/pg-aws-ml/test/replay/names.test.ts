import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    INSERT INTO notes SELECT i, 'bad ' || i FROM generate_series(1, 150) i;
    CREATE FUNCTION mood_of(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`);
});
afterAll(() => app.end());

describe('names that are like ours', () => {
  it.each(['aws_ml_results', 'aws_ml_live'])('a table %s is written to', async (name) => {
    await app.pool.query(`CREATE TABLE ${name} (key int, nonce text, r1 text); INSERT INTO ${name} VALUES (1), (2)`);
    expect((await app.pool.query(`UPDATE ${name} SET r1 = mood_of('bad ' || key)`)).rowCount).toBe(2);
    expect(await app.rows(`SELECT r1 FROM ${name}`)).toEqual([['NEGATIVE'], ['NEGATIVE']]);
    await app.pool.query(`DO $$ DECLARE m text; BEGIN m := mood_of('good'); UPDATE ${name} SET r1 = m; COMMIT; END $$`);
    expect(await app.rows(`SELECT r1 FROM ${name}`)).toEqual([['POSITIVE'], ['POSITIVE']]);
  });

  it('a temporary table of that name stays as it is', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(`CREATE TEMP TABLE aws_ml_results AS SELECT 1 AS key`);
      await client.query(`UPDATE notes SET mood = ${mood('body')}`);
      expect(await app.rows('SELECT * FROM aws_ml_results', [], client)).toEqual([[1]]);
    } finally {
      client.release(true);
    }
  });

  it.each(['strict', 'collect', 'live', 'vigil', 'ml_rows_1'])('a cursor aws_ml_%s stays open', async (name) => {
    const client = await app.pool.connect();
    try {
      await client.query(`BEGIN; DECLARE aws_ml_${name} CURSOR FOR SELECT generate_series(1, 3)`);
      await client.query(`SELECT ${mood('body')} FROM notes`);
      await client.query(`SELECT mood_of(body) FROM notes`);
      expect(await app.rows(`FETCH 2 FROM aws_ml_${name}`, [], client)).toEqual([[1], [2]]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('a cursor with such a name reads its results', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(`BEGIN; DECLARE aws_ml_mine CURSOR FOR SELECT mood_of(body) FROM notes`);
      await client.query(`UPDATE notes SET mood = mood_of(body) WHERE id = 1`);
      expect(await app.rows('FETCH 1 FROM aws_ml_mine', [], client)).toEqual([['NEGATIVE']]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
