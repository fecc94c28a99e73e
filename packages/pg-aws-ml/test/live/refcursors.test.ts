import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`
    CREATE TABLE notes (id int PRIMARY KEY, body text);
    INSERT INTO notes SELECT i, CASE i % 3 WHEN 0 THEN 'bad ' ELSE 'good ' END || i FROM generate_series(1, 30) i;
    CREATE FUNCTION open_notes(floor int) RETURNS refcursor LANGUAGE plpgsql AS $$
      DECLARE c refcursor := 'opened';
      BEGIN
        OPEN c FOR SELECT id, ${mood('body')} FROM notes WHERE id >= floor ORDER BY id;
        RETURN c;
      END $$`);
  client = await app.pool.connect();
});
afterAll(async () => {
  client.release();
  await app.end();
});
beforeEach(async () => {
  await client.query('BEGIN');
  await client.query('SELECT open_notes(2)');
  app.requests();
});
afterEach(() => client.query('ROLLBACK'));
const rows = (sql: string) => app.rows(sql, [], client);

it('a cursor that a function has opened asks for the rows that are fetched', async () => {
  expect(await rows('FETCH 2 FROM opened')).toEqual([
    [2, 'POSITIVE'],
    [3, 'NEGATIVE'],
  ]);
  expect(app.requests()).toEqual([1, 1]);
  expect(await rows('FETCH NEXT FROM opened')).toEqual([[4, 'POSITIVE']]);
});

describe('a function that fetches from a cursor that is open', () => {
  beforeAll(() =>
    app.pool.query(`CREATE FUNCTION next_of(c refcursor) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE r record; BEGIN FETCH c INTO r; RETURN r; END $$;
      CREATE FUNCTION next_and_mood(c refcursor, t text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE r record; BEGIN FETCH c INTO r; RETURN r::text || ${mood('t')}; END $$`),
  );

  it('asks for the row, once, and the cursor goes on behind it', async () => {
    expect(await rows(`SELECT next_of('opened')`)).toEqual([['(2,POSITIVE)']]);
    expect(app.requests()).toEqual([1]);
    expect(await rows(`SELECT next_of('opened')`)).toEqual([['(3,NEGATIVE)']]);
    expect(await rows('FETCH NEXT FROM opened')).toEqual([[4, 'POSITIVE']]);
    expect(await rows(`SELECT next_of('opened')`)).toEqual([['(5,POSITIVE)']]);
  });

  it('moves it once, whatever calls it makes itself', async () => {
    await client.query('DECLARE plain CURSOR FOR SELECT id FROM notes ORDER BY id');
    expect(await rows(`SELECT next_and_mood('plain', 'bad')`)).toEqual([['(1)NEGATIVE']]);
    expect(await rows(`SELECT next_and_mood('plain', 'good')`)).toEqual([['(2)POSITIVE']]);
    expect(await rows('FETCH NEXT FROM plain')).toEqual([[3]]);
  });
});

it('takes turns with a declared cursor and other statements', async () => {
  await client.query(`DECLARE declared CURSOR FOR SELECT ${mood('body')} FROM notes ORDER BY id`);
  expect(await rows('FETCH 1 FROM opened')).toEqual([[2, 'POSITIVE']]);
  expect(await rows('FETCH 3 FROM declared')).toEqual([['POSITIVE'], ['POSITIVE'], ['NEGATIVE']]);
  expect(await rows(`SELECT ${mood(`'bad'`)}`)).toEqual([['NEGATIVE']]);
  expect(await rows('FETCH 1 FROM opened')).toEqual([[3, 'NEGATIVE']]);
});

it('fails with the call, and the block with it', async () => {
  app.services.setFaults({ comprehend: { documentErrors: { matching: 'bad' } } });
  await expect(client.query('FETCH 5 FROM opened')).rejects.toMatchObject({ code: '38000' });
  app.services.setFaults();
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
});
