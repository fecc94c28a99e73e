import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../support/lab.js';
import { failureOf, openFaultLab, within } from './fault-lab.js';

/**
 * Whichever way a statement runs and however it ends, the session is what it was: idle, or in the same block, which has
 * failed where the statement has.
 */

let lab: Lab;

beforeAll(async () => {
  lab = await openFaultLab();
  await lab.pool.query(`
    CREATE TABLE more_docs AS SELECT id, body || '!' AS body FROM docs;
    CREATE TABLE scored (id int, body text, sentiment text);
    CREATE FUNCTION score() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.sentiment := (aws_comprehend.detect_sentiment(NEW.body, 'en')).sentiment; RETURN NEW; END $$;
    CREATE TRIGGER score BEFORE INSERT ON scored FOR EACH ROW EXECUTE FUNCTION score()`);
});
afterAll(() => lab.close());
beforeEach(async () => {
  lab.services.setFaults({});
  await expect.poll(() => lab.services.requests.inFlight(), { timeout: 8000 }).toBe(0);
});

const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";
/** Fails over a result of each service's own making, once all inputs are there. */
const broken = `1 / (length(${sentiment}) - 8)`;

type Run = (client: pg.ClientBase) => Promise<unknown>;
const sql =
  (text: string): Run =>
  (client) =>
    client.query(text);

interface Way {
  readonly run: Run;
  /** The same with an error behind the results. */
  readonly broken: Run;
  /** It commits on its way: not in a block. */
  readonly alone?: true;
}

const way = (text: (expression: string) => string): Way => ({ run: sql(text(sentiment)), broken: sql(text(broken)) });

const copyOut = (query: string) => (client: pg.ClientBase) =>
  finished(client.query(copyTo(`COPY (${query}) TO STDOUT`)).resume());
const copyIn = (rows: string) => (client: pg.ClientBase) =>
  pipeline(Readable.from([rows]), client.query(copyFrom('COPY scored (id, body) FROM STDIN')));
const cursor = (query: string) => async (client: pg.ClientBase) => {
  const opened = client.query(new Cursor(query));
  while ((await opened.read(20)).length > 0);
  await opened.close();
};

const ways: Readonly<Record<string, Way>> = {
  batch: way((e) => `SELECT id, ${e} FROM docs`),
  'batch that writes': way((e) => `INSERT INTO results SELECT id, (${e})::text FROM docs`),
  'batch with several pipelines': way((e) => `SELECT ${e} FROM docs UNION ALL SELECT ${e} FROM more_docs`),
  'batch with an aggregate': way((e) => `SELECT max(${e}) FROM docs`),
  replay: {
    run: sql('SELECT label_all()'),
    broken: sql(`DO $$ BEGIN PERFORM label_all(); PERFORM 1 / 0; END $$`),
  },
  'replay that writes': way((e) => `UPDATE docs SET sentiment = ${e}`),
  live: {
    run: sql('CALL label_and_commit()'),
    broken: sql(`DO $$ BEGIN CALL label_and_commit(); PERFORM 1 / 0; END $$`),
    alone: true,
  },
  'EXPLAIN ANALYZE': way((e) => `EXPLAIN ANALYZE SELECT id, ${e} FROM docs`),
  'EXPLAIN ANALYZE of several pipelines': way(
    (e) => `EXPLAIN ANALYZE SELECT ${e} FROM docs UNION ALL SELECT ${e} FROM more_docs`,
  ),
  script: way((e) => `SELECT 1; SELECT id, ${e} FROM docs; SELECT 2`),
  'COPY TO': { run: copyOut(`SELECT ${sentiment} FROM docs`), broken: copyOut(`SELECT ${broken} FROM docs`) },
  'COPY FROM': { run: copyIn('1\tone\n2\ttwo\n'), broken: copyIn('1\tone\nx\ttwo\n') },
  cursor: { run: cursor(`SELECT id, ${sentiment} FROM docs`), broken: cursor(`SELECT id, ${broken} FROM docs`) },
};

interface End {
  /** What the application hears; undefined where the statement succeeds. */
  readonly code?: unknown;
  readonly message?: unknown;
  readonly broken?: true;
  prepare?(client: pg.ClientBase): unknown;
  /** Called once the statement waits for the service. */
  interrupt?(pid: number, failure: Promise<unknown>): unknown;
}

async function cancel(pid: number, failure: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = failure.finally(() => {
    ended = true;
  });
  while (!ended) {
    await lab.admin.query('SELECT pg_cancel_backend($1)', [pid]);
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
}

const slow = () => lab.services.setFaults({ comprehend: { latencyMs: 30_000 } });

const ends: Readonly<Record<string, End>> = {
  success: {},
  'a failure of the service': {
    code: '38000',
    prepare: () =>
      lab.services.setFaults({ comprehend: { error: { code: 'AccessDeniedException', status: 400, every: 1 } } }),
  },
  'an error behind the results': { code: expect.stringMatching(/^(22012|22P02)$/), broken: true },
  'the deadline': {
    code: '57014',
    prepare: async (client) => {
      slow();
      await client.query('SET statement_timeout = 300');
    },
  },
  'a cancel': { code: '57014', prepare: slow, interrupt: cancel },
};

const settings = `SELECT coalesce(current_setting('aws_ml.mode', true), '') AS mode,
  current_setting('max_parallel_workers_per_gather') AS workers,
  to_regclass('pg_temp.aws_ml_results') IS NULL AND to_regclass('pg_temp.aws_ml_live') IS NULL AS clean`;
const untouched = [{ mode: '', workers: '2', clean: true }];

/** What the server says, not what the client believes. */
async function statusOf(client: pg.ClientBase): Promise<string> {
  try {
    // A transaction of its own has begun at the very moment of its first statement.
    const { rows } = await client.query('SELECT now() = statement_timestamp() AS alone');
    return rows[0].alone ? 'idle' : 'in a block';
  } catch (error) {
    return (error as { code?: string }).code === '25P02' ? 'in a failed block' : String(error);
  }
}

async function endsAs(chosen: Way, end: End, inBlock: boolean): Promise<void> {
  const client = await lab.pool.connect();
  let sound = false;
  try {
    const pid: number = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    await end.prepare?.(client);
    if (inBlock) await client.query('BEGIN; SAVEPOINT before');
    const running = (end.broken ? chosen.broken : chosen.run)(client);
    running.catch(() => {});
    if (end.interrupt !== undefined) {
      await expect.poll(() => lab.services.requests.inFlight(), { timeout: 8000, interval: 10 }).toBeGreaterThan(0);
      await end.interrupt(
        pid,
        running.catch(() => {}),
      );
    }
    const { code } = end;
    if (code === undefined) await running;
    else expect(await failureOf(running)).toMatchObject({ code });
    expect(await statusOf(client)).toBe(!inBlock ? 'idle' : code === undefined ? 'in a block' : 'in a failed block');
    if (inBlock) {
      await client.query('ROLLBACK TO before');
      expect((await client.query(settings)).rows).toEqual(untouched);
      await client.query('ROLLBACK');
    }
    await client.query('RESET statement_timeout');
    expect((await client.query(settings)).rows).toEqual(untouched);
    expect((await client.query('SELECT count(*)::int AS n FROM results')).rows[0].n).toBe(
      code === undefined && !inBlock ? await takeWritten() : 0,
    );
    sound = true;
  } finally {
    client.release(!sound);
    await lab.admin.query('TRUNCATE results, scored; UPDATE docs SET sentiment = NULL WHERE sentiment IS NOT NULL');
  }
}

const takeWritten = async () => (await lab.admin.query('SELECT count(*)::int AS n FROM results')).rows[0].n;

describe.each(Object.entries(ways))('%s', (_, chosen) => {
  describe.each(Object.entries(ends))('that ends with %s', (_, end) => {
    test('standing alone', () => endsAs(chosen, end, false));
    test.skipIf(chosen.alone)('in a block', () => endsAs(chosen, end, true));
  });
});

describe('what is not read to its end', () => {
  const query = `SELECT id, ${sentiment} FROM docs`;
  const several = `${query} UNION ALL SELECT id, ${sentiment} FROM more_docs`;

  test.each([false, true])('a cursor (in a block: %s)', async (inBlock) => {
    for (const text of [query, several]) {
      const client = await lab.pool.connect();
      if (inBlock) await client.query('BEGIN');
      const opened = client.query(new Cursor(text));
      await opened.read(2);
      await opened.close();
      expect(await statusOf(client)).toBe(inBlock ? 'in a block' : 'idle');
      await client.query('ROLLBACK');
      client.release();
    }
  });

  test.each([false, true])('a stream whose reader fails (in a block: %s)', async (inBlock) => {
    for (const text of [query, several]) {
      const client = await lab.pool.connect();
      if (inBlock) await client.query('BEGIN');
      const stream = client.query(new QueryStream(text, [], { highWaterMark: 2 }));
      const reader = new Writable({
        objectMode: true,
        write: (_row, _encoding, done) => done(new Error('the reader fails')),
      });
      await expect(pipeline(stream, reader)).rejects.toThrow('the reader fails');
      expect(await statusOf(client)).toBe(inBlock ? 'in a block' : 'idle');
      await client.query('ROLLBACK');
      client.release();
    }
  });
});

test.each(Object.entries(ways))(
  '%s of a lost client leaves nothing',
  async (_, chosen) => {
    slow();
    const pool = lab.openPool({ max: 1 });
    const client = await pool.connect();
    client.on('error', () => {});
    const pid: number = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    chosen.run(client).catch(() => {});
    await expect.poll(() => lab.services.requests.inFlight(), { timeout: 8000, interval: 10 }).toBeGreaterThan(0);
    const streamOf = client as unknown as { connection: { stream: { destroy(): void } } };
    streamOf.connection.stream.destroy();
    const left = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1';
    await expect
      .poll(async () => (await lab.admin.query(left, [pid])).rows[0].n, { timeout: 10_000, interval: 20 })
      .toBe(0);
    await expect.poll(() => lab.services.requests.inFlight(), { timeout: 8000 }).toBe(0);
    client.release(true);
    await within(5000, pool.end());
    await lab.admin.query('UPDATE docs SET sentiment = NULL WHERE sentiment IS NOT NULL');
  },
  20_000,
);
