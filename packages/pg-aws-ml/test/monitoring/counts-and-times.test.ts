import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Pool } from '../../src/index.js';
import { startRecordingProxy } from '../front-end/recording-proxy.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';

/** A request takes so long. */
const LATENCY_MS = 40;

let lab: Lab;
let client: PoolClient;

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  lab.services.setFaults({ comprehend: { latencyMs: LATENCY_MS }, sagemaker: { latencyMs: LATENCY_MS } });
  await lab.pool.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text, mood text);
    INSERT INTO docs SELECT i, CASE WHEN i % 10 <> 0 THEN 'document ' || i % 30 END FROM generate_series(1, 150) i;
    CREATE FUNCTION mood_of(t text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
    CREATE FUNCTION strict_mood(t text) RETURNS text LANGUAGE sql STRICT AS
      $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
    CREATE FUNCTION pl_mood(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
    CREATE FUNCTION "Outer" (t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN pl_mood(t); END $$;
    CREATE FUNCTION doubled(x int) RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN RETURN aws_sagemaker.invoke_endpoint('double', 10, x); END $$;
    CREATE FUNCTION failing(t text) RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN RETURN 1 / (length(pl_mood(t)) * 0); END $$;
    CREATE PROCEDURE judge() LANGUAGE plpgsql AS $$
      DECLARE d record; m text;
      BEGIN
        FOR d IN SELECT * FROM docs WHERE id < 4 LOOP
          m := mood_of(d.body);
          COMMIT;
        END LOOP;
      END $$`);
  client = await lab.pool.connect();
});

beforeEach(async () => {
  await client.query("SET track_functions = 'all'");
  await client.query('SELECT pg_stat_reset()');
});

afterAll(async () => {
  client.release();
  await lab.close();
});

interface Counts {
  readonly calls: number;
  readonly total: number;
  readonly self: number;
}

/** By name, functions that were called. */
async function counts(by: Pick<PoolClient, 'query'> = client): Promise<Record<string, Counts>> {
  const { rows } = await by.query(`
    SELECT funcname, calls::int, total_time AS total, self_time AS self FROM pg_stat_user_functions WHERE calls > 0`);
  for (const { total, self } of rows) {
    expect(self).toBeGreaterThanOrEqual(0);
    expect(total).toBeGreaterThanOrEqual(self);
  }
  return Object.fromEntries(rows.map(({ funcname, ...row }) => [funcname, row as Counts]));
}

async function calls(by?: Pick<PoolClient, 'query'>): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await counts(by)).map(([name, count]) => [name, count.calls]));
}

describe('calls', () => {
  test.each([
    // Fifteen rows are NULL, and the others repeat 27 texts.
    [
      'rows in batches',
      'SELECT (aws_comprehend.detect_sentiment(body, $$en$$)).sentiment FROM docs',
      { detect_sentiment: 150 },
    ],
    ['a STRICT wrapper', 'SELECT strict_mood(body) FROM docs', { detect_sentiment: 135, strict_mood: 135 }],
    ['rows that are replayed', 'SELECT pl_mood(body) FROM docs', { detect_sentiment: 150, pl_mood: 150 }],
    ['an UPDATE of many rows', 'UPDATE docs SET mood = mood_of(body)', { detect_sentiment: 150 }],
    [
      'several rounds',
      'SELECT pl_mood(doubled(id)::text) FROM docs',
      { detect_sentiment: 150, pl_mood: 150, doubled: 150, invoke_endpoint: 150 },
    ],
    ['a procedure that commits', 'CALL judge()', { detect_sentiment: 3, judge: 1 }],
    ['EXPLAIN ANALYZE', 'EXPLAIN ANALYZE SELECT mood_of(body) FROM docs', { detect_sentiment: 150 }],
    ['EXPLAIN', 'EXPLAIN SELECT pl_mood(body) FROM docs', {}],
    [
      'a DO block',
      'DO $$ BEGIN PERFORM pl_mood(body) FROM docs WHERE id < 12; END $$',
      { detect_sentiment: 11, pl_mood: 11 },
    ],
  ])('of %s', async (_, sql, expected) => {
    await client.query(sql);
    expect(await calls()).toEqual(expected);
  });

  test('one by one', async () => {
    await client.query('SET apg_enable_function_migration = off');
    await client.query('SELECT mood_of(body) FROM docs WHERE id < 4');
    await client.query('RESET apg_enable_function_migration');
    expect(await calls()).toEqual({ detect_sentiment: 3 });
  });

  test('in a block, when it has ended', async () => {
    await client.query('BEGIN');
    await client.query('SELECT pl_mood(body) FROM docs');
    await client.query('SELECT mood_of(body) FROM docs');
    await client.query('ROLLBACK');
    expect(await calls()).toEqual({ detect_sentiment: 300, pl_mood: 150 });
  });

  test('of a statement that fails are those before the failure', async () => {
    await client.query('SELECT pl_mood(body) FROM docs WHERE id < 3');
    await expect(client.query('SELECT failing(body) FROM docs WHERE id < 6')).rejects.toMatchObject({ code: '22012' });
    expect(await calls()).toEqual({ detect_sentiment: 3, pl_mood: 3 });
  });

  test('under a LIMIT are those up to its last row', async () => {
    const sql = "SELECT id FROM docs WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment IS NULL LIMIT 2";
    const { rows } = await client.query(sql);
    expect(rows.map((row) => row.id)).toEqual([10, 20]);
    expect(await calls()).toEqual({ detect_sentiment: 20 });
  });

  test('with track_functions = pl are those of procedural languages, the ML functions among them', async () => {
    await client.query("SET track_functions = 'pl'");
    await client.query('SELECT strict_mood(body), pl_mood(body) FROM docs WHERE id < 5');
    await client.query('SELECT strict_mood(body) FROM docs WHERE id < 5');
    expect(await calls()).toEqual({ detect_sentiment: 12, pl_mood: 4 });
  });

  test('of an aborted collection are none', async () => {
    await expect(client.query('SELECT pl_mood(body), 1 / (id - 1) FROM docs')).rejects.toMatchObject({ code: '22012' });
    const after = await calls();
    expect(after.pl_mood ?? 0).toBeLessThanOrEqual(1);
  });

  test('belong to the pool', async () => {
    await client.query('SELECT mood_of(body) FROM docs');
    const other = lab.openPool();
    expect(await calls(other as unknown as PoolClient)).toEqual({});
  });
});

describe('times', () => {
  test('in batches are those in which services answered', async () => {
    await client.query('SELECT mood_of(body) FROM docs');
    const { detect_sentiment: ml } = await counts();
    expect(ml?.total).toBeGreaterThanOrEqual(LATENCY_MS);
    expect(ml?.self).toBe(ml?.total);
  });

  test('of a function that is not inlined include the calls in it', async () => {
    await client.query('SELECT strict_mood(body) FROM docs');
    const { strict_mood: wrapper, detect_sentiment: ml } = await counts();
    expect(wrapper?.total).toBeCloseTo(ml?.total ?? 0);
    expect(wrapper?.self).toBe(0);
  });

  test('of functions that are replayed include the calls in them, through each other too', async () => {
    await client.query('SELECT "Outer"(body), doubled(id) FROM docs');
    const { Outer: outer, pl_mood: inner, detect_sentiment: ml, doubled, invoke_endpoint: endpoint } = await counts();
    for (const [around, within] of [
      [outer, inner],
      [inner, ml],
      [doubled, endpoint],
    ]) {
      expect(within?.total).toBeGreaterThanOrEqual(LATENCY_MS);
      expect(around?.total).toBeGreaterThan(within?.total ?? 0);
      expect(around?.self).toBeLessThan(LATENCY_MS);
    }
    expect(ml?.self).toBe(ml?.total);
  });

  test('in live statements are the waits', async () => {
    await client.query('CALL judge()');
    expect((await counts()).detect_sentiment?.self).toBeGreaterThanOrEqual(3 * LATENCY_MS);
  });
});

describe('pg_stat_reset_single_function_counters', () => {
  const both = 'SELECT mood_of(body), pl_mood(body) FROM docs WHERE id < 5';
  const endpoints = "SELECT aws_sagemaker.invoke_endpoint('double', 10, id, body) FROM docs WHERE id < 5";

  test.each([
    ['by name', "SELECT pg_stat_reset_single_function_counters('aws_comprehend.detect_sentiment'::regproc)"],
    [
      'in a query',
      "SELECT f.funcname, pg_stat_reset_single_function_counters(f.funcid) FROM pg_stat_user_functions f WHERE funcname = 'detect_sentiment'",
    ],
  ])('resets one function, %s', async (_, sql) => {
    await client.query(both);
    await client.query('SELECT mood_of(body) FROM docs');
    await client.query(sql);
    expect(await calls()).toEqual({ pl_mood: 4 });
  });

  test('resets all overloads of invoke_endpoint', async () => {
    await client.query(endpoints);
    await client.query('SELECT doubled(id) FROM docs WHERE id < 5');
    const { rows } = await client.query(
      "SELECT funcid, calls::int FROM pg_stat_user_functions WHERE funcname = 'invoke_endpoint'",
    );
    expect(rows).toEqual([{ funcid: expect.any(Number), calls: 8 }]);
    await client.query('SELECT pg_stat_reset_single_function_counters($1)', [rows[0].funcid]);
    expect(await calls()).toEqual({ doubled: 4 });
  });

  test('resets a function of the user', async () => {
    await client.query('SELECT strict_mood(body) FROM docs WHERE id < 5');
    await client.query("SELECT pg_stat_reset_single_function_counters('strict_mood(text)'::regprocedure)");
    expect(await calls()).toEqual({ detect_sentiment: 4 });
  });
});

test('what the extension calls for itself is not shown', async () => {
  await client.query('SELECT pl_mood(body) FROM docs WHERE id < 5');
  const { rows } = await client.query(
    'SELECT DISTINCT schemaname FROM pg_stat_user_functions WHERE calls > 0 ORDER BY 1',
  );
  expect(rows.map((row) => row.schemaname)).toEqual(['aws_comprehend', 'public']);
});

test('only a session that tracks functions asks the server for its counts', async () => {
  const proxy = await startRecordingProxy(lab.database);
  const pool = new Pool({ ...proxy.address, max: 1, awsMl: localOptions(lab.services) });
  const asksFor = 'pg_stat_xact_user_functions';
  await pool.query('SELECT pl_mood(body) FROM docs WHERE id < 5');
  expect(proxy.sent().toString()).not.toContain(asksFor);
  await pool.query("SET track_functions = 'all'");
  await pool.query('SELECT pl_mood(body) FROM docs WHERE id < 5');
  expect(proxy.sent().toString()).toContain(asksFor);
  await pool.end();
  await proxy.stop();
});
