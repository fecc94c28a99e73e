import pg from 'pg';
import Cursor from 'pg-cursor';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Client, Pool } from '../../src/index.js';
import { type Lab, localOptions } from '../support/lab.js';
import { expectNothingLeft, failureOf, kinds, openFaultLab, type StatementKind, within } from './fault-lab.js';

let lab: Lab;
let pool: Pool;

/** Longer than every interruption takes to arrive. */
const slow = { latencyMs: 30_000 };

beforeAll(async () => {
  lab = await openFaultLab();
  for (const kind of kinds.filter((k) => k.name.startsWith('SELECT') || k.name.startsWith('streaming'))) {
    await kind.run(lab.pool as unknown as pg.ClientBase);
  }
});

beforeEach(() => {
  lab.services.resetRequests();
  pool = new Pool({ connectionString: lab.database.connectionString, max: 2, awsMl: localOptions(lab.services) });
  pool.on('error', () => {});
});

afterEach(() => {
  // Not awaited: a statement that hangs fails its own test alone.
  void pool.end();
});

afterAll(() => lab.close());

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const requestsArrive = () => expect.poll(() => lab.services.requests.inFlight(), { timeout: 5000 }).toBeGreaterThan(0);

async function serverSleeps(pid: number): Promise<void> {
  const query = "SELECT (wait_event = 'PgSleep' OR query LIKE 'COPY %') AS sleeps FROM pg_stat_activity WHERE pid = $1";
  await expect
    .poll(async () => (await lab.admin.query(query, [pid])).rows[0]?.sleeps, { timeout: 5000, interval: 10 })
    .toBe(true);
}

/** Cancels what runs there, again where it has not ended after a second, and tells how often. */
async function cancel({ pid, failure }: Started): Promise<number> {
  let ended = false;
  const end = failure.then(() => {
    ended = true;
  });
  let cancels = 0;
  for (; !ended && cancels < 5; cancels++) {
    await lab.admin.query('SELECT pg_cancel_backend($1)', [pid]);
    await Promise.race([end, sleep(1000)]);
  }
  return cancels;
}

/** The server closes a connection on which it has not read everything: its last words may be lost. */
const terminated = expect.stringMatching(/^(57P01|ECONNRESET|EPIPE)$/);

interface Started {
  readonly client: pg.PoolClient;
  readonly pid: number;
  readonly failure: Promise<pg.DatabaseError>;
}

async function start(kind: StatementKind): Promise<Started> {
  const client = await pool.connect();
  client.on('error', () => {});
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return { client, pid: rows[0].pid, failure: failureOf(kind.run(client)) };
}

describe.each(kinds)('$name', (kind) => {
  const interrupted = async (code: unknown, interrupt: (started: Started) => unknown, bound = 5000) => {
    lab.services.setFaults({ comprehend: slow, sagemaker: slow });
    const started = await start(kind);
    await requestsArrive();
    await serverSleeps(started.pid);
    const at = performance.now();
    await interrupt(started);
    const error = await started.failure;
    expect(performance.now() - at).toBeLessThan(bound);
    if (code !== undefined) expect(error).toMatchObject({ code });
    return started.client;
  };

  test('statement_timeout', async () => {
    lab.services.setFaults({ comprehend: slow, sagemaker: slow });
    const client = await pool.connect();
    await client.query("SET statement_timeout = '250ms'");
    const error = await failureOf(kind.run(client));
    expect(error).toBeInstanceOf(pg.DatabaseError);
    expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' });
    await client.query('RESET statement_timeout');
    client.release();
    await expectNothingLeft(lab, pool, kind);
  });

  test('pg_cancel_backend', async () => {
    const client = await interrupted('57014', cancel);
    client.release();
    await expectNothingLeft(lab, pool, kind);
  });

  test('pg_terminate_backend', async () => {
    const client = await interrupted(terminated, ({ pid }) =>
      lab.admin.query('SELECT pg_terminate_backend($1)', [pid]),
    );
    client.release(true);
    await expectNothingLeft(lab, pool, kind);
  });

  test('pg_terminate_backend before the first row', async () => {
    const blocker = await lab.admin.connect();
    await blocker.query('BEGIN; LOCK TABLE docs IN ACCESS EXCLUSIVE MODE');
    const { client, pid, failure } = await start(kind);
    await sleep(100);
    await lab.admin.query('SELECT pg_terminate_backend($1)', [pid]);
    if (kind.endpoint) await failure;
    else expect(await failure).toMatchObject({ code: '57P01' });
    client.release(true);
    await blocker.query('COMMIT');
    blocker.release();
    expect(lab.services.requests.total()).toBe(0);
    await expectNothingLeft(lab, pool, kind);
  });

  test('a connection that is cut', async () => {
    const client = await interrupted(undefined, (started) => {
      (started.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    });
    client.release(true);
    await expectNothingLeft(lab, pool, kind);
  });

  test('a pool that ends meanwhile', async () => {
    lab.services.setFaults({ comprehend: { latencyMs: 400 }, sagemaker: { latencyMs: 400 } });
    const ending = new Pool({
      connectionString: lab.database.connectionString,
      max: 1,
      awsMl: localOptions(lab.services),
    });
    const client = await ending.connect();
    client.on('error', () => {});
    const running = kind.run(client).then(
      () => 'answered',
      () => 'failed',
    );
    await requestsArrive();
    const ended = ending.end();
    expect(await within(5000, running)).toBe('answered');
    client.release();
    await within(1000, ended);
    await lab.admin.query('UPDATE docs SET sentiment = NULL; TRUNCATE results');
    await expectNothingLeft(lab, pool, kind);
  });
});

test.each([
  [
    'a SELECT',
    "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS s, count(*), pg_sleep(2) FROM docs GROUP BY 1",
  ],
  [
    'an INSERT',
    "INSERT INTO slow_results SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs",
  ],
])('the connection of %s is terminated when the services have answered', async (_, text) => {
  const { client, pid, failure } = await start({ name: text, run: (c) => c.query(text) });
  while (lab.services.requests.total() === 0) await sleep(10);
  await sleep(200);
  await lab.admin.query('SELECT pg_terminate_backend($1)', [pid]);
  expect(await failure).toMatchObject({ code: '57P01' });
  client.release(true);
  expect((await lab.admin.query('SELECT count(*)::int AS n FROM slow_results')).rows).toEqual([{ n: 0 }]);
  await expectNothingLeft(lab, pool, {});
});

test('query_timeout fails the statement and nothing is sent behind it', async () => {
  lab.services.setFaults({ comprehend: slow });
  const impatient = lab.openPool({ max: 1, query_timeout: 1500 });
  await expect(
    within(
      10_000,
      impatient.query(
        "INSERT INTO results SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs",
      ),
    ),
  ).rejects.toThrow('Query read timeout');
  await expectNothingLeft(lab, impatient, {});
});

test.each([
  ['no cancel is lost', {}, 0],
  // There the server sleeps by the clock: on a machine that is busy a process may be later than it was before.
  ['few cancels are lost in a read-only transaction', { options: '-c default_transaction_read_only=on' }, 0.1],
])('%s while the event loop is busy', async (_, config, mostLost) => {
  lab.services.setFaults({ comprehend: slow });
  const connections = 32;
  const many = lab.openPool({ max: connections, ...config });
  let busy = true;
  void (async () => {
    while (busy) {
      const until = performance.now() + 30;
      while (performance.now() < until);
      await sleep(30);
    }
  })();
  const waitAndCancel = async (n: number) => {
    const client = await many.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const text = "SELECT (aws_comprehend.detect_sentiment($1 || body, 'en')).sentiment FROM docs";
    const failure = failureOf(client.query(text, [String(n)]));
    await serverSleeps(rows[0].pid);
    await sleep(500 + 10 * n);
    const cancels = await cancel({ client, pid: rows[0].pid, failure });
    expect(await failure).toMatchObject({ code: '57014' });
    client.release();
    return cancels - 1;
  };
  const lost = await Promise.all(Array.from({ length: connections }, (_, n) => waitAndCancel(n)));
  busy = false;
  expect(lost.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(connections * mostLost);
  await expectNothingLeft(lab, many, {});
});

test('client.cancel ends a statement that waits for a service', async () => {
  lab.services.setFaults({ comprehend: slow });
  const config = { connectionString: lab.database.connectionString, awsMl: localOptions(lab.services) };
  const client = new Client(config);
  await client.connect();
  const query = new pg.Query("SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs");
  const failed = new Promise((resolve) => query.on('error', resolve));
  client.query(query);
  await requestsArrive();
  (new Client(config) as unknown as { cancel(target: object, query: object): void }).cancel(client, query);
  expect(await within(2000, failed)).toMatchObject({ code: '57014' });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await expectNothingLeft(lab, pool, {});
});

test('a cursor that is closed while its services answer leaves nothing behind', async () => {
  const client = await pool.connect();
  const cursor = client.query(new Cursor("SELECT (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs"));
  await cursor.read(1);
  lab.services.setFaults({ comprehend: slow });
  const reading = cursor.read(50).catch((error: unknown) => error);
  await within(1000, cursor.close());
  await within(4000, reading);
  client.release();
  await expectNothingLeft(lab, pool, {});
});
