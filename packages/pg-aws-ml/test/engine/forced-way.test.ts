/** The tests' switch: a way of running is taken, or declined with a reason before anything is sent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../src/index.js';
import { forcedWay, reasonOfDecline } from '../../src/pool-state/forced-way.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';

/** Live first: it finds no overload that another way has made. */
const WAYS = ['live', 'batch', 'replay'] as const;
type Way = (typeof WAYS)[number];

let lab: Lab;
let pools: Record<Way, Pool>;
let taken: string[];

beforeAll(async () => {
  lab = await openLab({ endpoints: { echo: 'echo' } });
  await lab.pool.query(`
    CREATE TABLE review (id int PRIMARY KEY, body text);
    INSERT INTO review SELECT g, 'good ' || g FROM generate_series(1, 5) AS g;
    CREATE FUNCTION mood(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
    CREATE PROCEDURE in_steps() LANGUAGE plpgsql AS
      $$ BEGIN PERFORM mood('good'); COMMIT; PERFORM mood('bad'); END $$;
    CREATE SEQUENCE s`);
  const open = (way: Way) => {
    const note = (message: string) => void taken.push(message);
    const logger = { debug: note, info: note, warn: note, error: note };
    const options = { ...localOptions(lab.services), logger, [forcedWay]: way };
    return lab.openPool({ max: 1, awsMl: options });
  };
  pools = { batch: open('batch'), replay: open('replay'), live: open('live') };
  for (const way of WAYS) await pools[way].query('SELECT 1');
});
afterAll(() => lab?.close());

const sentiment = `(aws_comprehend.detect_sentiment(body, 'en')).sentiment`;

describe.each(WAYS)('%s', (way) => {
  const tested: readonly (readonly [string, string, number, readonly Way[]])[] = [
    ['a SELECT', `SELECT id, ${sentiment} AS mood FROM review`, 5, ['batch', 'replay', 'live']],
    ['a PL/pgSQL function', 'SELECT id, mood(body) FROM review', 5, ['replay', 'live']],
    ['UPDATE', 'UPDATE review SET body = body WHERE mood(body) IS NOT NULL', 5, ['replay', 'live']],
    ['a procedure that commits', 'CALL in_steps()', 2, ['live']],
    ['a function with lasting effects', `SELECT nextval('s'), mood(body) FROM review`, 5, ['live']],
    [
      'new types of model inputs',
      `SELECT aws_sagemaker.invoke_endpoint('echo', 1, id, date '2024-01-01' + id) FROM review`,
      5,
      ['batch', 'replay', 'live'],
    ],
  ];
  test.each(tested)('%s', async (_, sql, calls, ways) => {
    lab.services.requests.reset();
    taken = [];
    const ending = pools[way].query(sql);
    if (!ways.includes(way)) {
      await expect(ending.catch(reasonOfDecline)).resolves.toEqual(expect.any(String));
      expect(lab.services.requests.total()).toBe(0);
      return;
    }
    await ending;
    const sent = lab.services.requests.entries.map((entry) => entry.batchSize);
    expect(sent.reduce((sum, inputs) => sum + inputs, 0)).toBe(calls);
    if (way === 'live') expect(sent).toEqual(sent.map(() => 1));
    expect(taken.includes('statement is replayed')).toBe(way === 'replay');
    expect(taken.includes('statement runs live, one input a request')).toBe(way === 'live');
  });
});

test('a cursor outlives the statement that declares it, and so declines live', async () => {
  const client = await pools.live.connect();
  await client.query('BEGIN');
  const declared = client.query(`DECLARE c CURSOR FOR SELECT ${sentiment} FROM review`);
  await expect(declared.catch(reasonOfDecline)).resolves.toEqual(expect.any(String));
  await client.query('ROLLBACK');
  client.release();
});

test('a cursor can be read that was declared in row mode', async () => {
  const client = await lab.pool.connect();
  await client.query('SET apg_enable_function_migration = off');
  await client.query('BEGIN');
  await client.query(`DECLARE c CURSOR FOR SELECT ${sentiment} AS mood FROM review`);
  expect((await client.query('FETCH 2 FROM c')).rows).toHaveLength(2);
  await client.query('ROLLBACK');
  await client.query('RESET apg_enable_function_migration');
  client.release();
});
