import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, startApplication } from './application.js';

/** Loops that a call without a result never lets end: a run in search of inputs has to be stopped. */
let app: Application;

beforeAll(async () => {
  app = await startApplication({
    services: { endpoints: { echo: 'echo', half: { predict: ([x]) => `${Number(x) / 2}` } } },
  });
  await app.pool.query(`
    CREATE TABLE steps (x float8);
    CREATE FUNCTION climb(goal text) RETURNS float8 LANGUAGE plpgsql AS $$
      DECLARE x float8 := 0; top float8 := aws_sagemaker.invoke_endpoint('echo', NULL, goal)::float8;
      BEGIN
        LOOP EXIT WHEN x >= top; x := x + 0.5; END LOOP;
        RETURN x;
      END $$;
    CREATE FUNCTION climb_twice(goal text) RETURNS float8 LANGUAGE plpgsql AS $$
      BEGIN RETURN climb(goal) + climb(goal || '0'); END $$;
    CREATE FUNCTION halve(input float8, floor float8) RETURNS int LANGUAGE plpgsql AS $$
      DECLARE x float8 := input; n int := 0;
      BEGIN
        WHILE coalesce(x, 1) > floor LOOP
          x := aws_sagemaker.invoke_endpoint('half', NULL, x)::float8;
          n := n + 1;
        END LOOP;
        RETURN n;
      END $$`);
});
afterAll(() => app.end());
beforeEach(() => {
  app.requests();
});

describe('a loop that waits for a result ends as natively', () => {
  it('in DO', async () => {
    await app.pool.query(`DO $$ DECLARE x float8 := 0; confidence float8; BEGIN
      confidence := (aws_comprehend.detect_sentiment('good', 'en')).confidence;
      LOOP EXIT WHEN x >= confidence; x := x + 0.25; END LOOP;
      INSERT INTO steps VALUES (x);
    END $$`);
    expect(await app.rows('SELECT x BETWEEN 0.25 AND 1 FROM steps')).toEqual([[true]]);
    expect(app.requests()).toEqual([1]);
  });

  it('in a function', async () => {
    expect(await app.rows(`SELECT climb('2.2')`)).toEqual([[2.5]]);
    expect(app.requests()).toEqual([1]);
  });

  it('in an open block, which goes on', async () => {
    const client = await app.pool.connect();
    try {
      await client.query('BEGIN; CREATE TEMP TABLE kept AS SELECT 1 AS x');
      expect(await app.rows(`SELECT climb('1.2')`, [], client)).toEqual([[1.5]]);
      await client.query('UPDATE kept SET x = 2');
      expect(await app.rows('SELECT x FROM kept', [], client)).toEqual([[2]]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  });

  it('several times in one statement', async () => {
    expect(await app.rows(`SELECT climb_twice('1.')`)).toEqual([[2]]);
    expect(app.requests()).toEqual([1, 1]);
  });

  it('where every step needs a result', async () => {
    expect(await app.rows('SELECT halve(8, 1)')).toEqual([[3]]);
  });
});
