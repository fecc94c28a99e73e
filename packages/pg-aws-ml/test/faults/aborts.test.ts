import { finished } from 'node:stream/promises';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AwsMlOptions, Pool, PoolConfig } from '../../src/index.js';
import type { Lab } from '../support/lab.js';
import { failureOf, openFaultLab } from './fault-lab.js';

/** The tests wait most of their time: so many run at once, each alone with a database and services of its own. */
const AT_ONCE = 4;
const free: Lab[] = [];

beforeAll(async () => {
  free.push(...(await Promise.all(Array.from({ length: AT_ONCE }, openFaultLab))));
});
afterAll(() => Promise.all(free.map((lab) => lab.close())));

const waiting: ((lab: Lab) => void)[] = [];

async function withLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = free.pop() ?? (await new Promise<Lab>((resolve) => waiting.push(resolve)));
  try {
    await cleared(lab);
    await work(lab);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(lab);
    else next(lab);
  }
}

/** Nothing is left of the test before. */
async function cleared(lab: Lab): Promise<void> {
  await lab.admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
    ['aborts'],
  );
  await lab.admin.query('UPDATE docs SET sentiment = NULL WHERE sentiment IS NOT NULL');
  lab.services.setFaults({});
  await until(() => lab.services.requests.inFlight() === 0, BOUND_MS);
  lab.services.resetRequests();
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Far less than a service takes, and far more than an abort does. */
const BOUND_MS = 5000;
const TIMEOUT_MS = 1500;

const arrived = ({ services: { requests } }: Lab) => requests.total() + requests.inFlight();

/** What a statement waits for. */
interface Wait {
  readonly name: string;
  readonly options?: AwsMlOptions;
  /** Prepares what the statement will wait for. */
  begin(lab: Lab, pool: Pool): unknown;
  /** Resolves when the statement waits. */
  reached(lab: Lab, pid: number): Promise<unknown>;
  /** Requests that stay under way because they are another statement's. */
  readonly others?: number;
  /** After so long something would be sent if the statement went on. */
  readonly endsWithinMs: number;
}

/** `expect.poll` belongs to one test at a time. */
const until = (holds: () => boolean | Promise<boolean>, timeout = 8000) =>
  vi.waitFor(async () => expect(await holds()).toBe(true), { timeout, interval: 10 });

const polled = (requests: () => number, least: number) => until(() => requests() >= least);

const serverSleeps = (lab: Lab, pid: number) => {
  const text = "SELECT (wait_event = 'PgSleep' OR query LIKE 'COPY %') AS sleeps FROM pg_stat_activity WHERE pid = $1";
  return until(async () => (await lab.admin.query(text, [pid])).rows[0]?.sleeps);
};

const another = "SELECT aws_comprehend.detect_sentiment('another', 'en')";

const anAnswer: Wait = {
  name: 'an answer',
  begin: (lab) => lab.services.setFaults({ comprehend: { latencyMs: 30_000 } }),
  reached: (lab) => polled(() => lab.services.requests.inFlight(), 1),
  endsWithinMs: 100,
};

const waits: readonly Wait[] = [
  {
    name: 'a retry',
    options: { maxAttempts: 15 },
    begin: (lab) => lab.services.setFaults({ comprehend: { serverError: { every: 1 } } }),
    reached: (lab) => polled(() => arrived(lab), 4),
    endsWithinMs: 1000,
  },
  {
    name: 'a place in the queue',
    options: { maxConcurrency: 1 },
    begin: async (lab, pool) => {
      lab.services.setFaults({ comprehend: { latencyMs: 30_000 } });
      pool.query(another).catch(() => {});
      await polled(() => lab.services.requests.inFlight(), 1);
    },
    reached: serverSleeps,
    others: 1,
    endsWithinMs: 100,
  },
  {
    name: 'the quota',
    options: { quotas: { comprehend: { requestsPerSecond: 0.4 } } },
    begin: (_lab, pool) => pool.query(another),
    reached: serverSleeps,
    endsWithinMs: 2500,
  },
];

const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";
const query = (text: string) => (client: pg.ClientBase) => client.query(text);

const modes: Readonly<Record<string, (client: pg.ClientBase) => Promise<unknown>>> = {
  'a batch plan': query(`SELECT id, ${sentiment} FROM docs ORDER BY id`),
  'a batch plan that writes': query(`INSERT INTO results SELECT id, ${sentiment} FROM docs`),
  replay: query('SELECT label_all()'),
  live: query('CALL label_and_commit()'),
  'a cursor': async (client) => {
    const cursor = client.query(new Cursor(`SELECT id, ${sentiment} FROM docs ORDER BY id`));
    await cursor.read(20);
  },
  'a stream': async (client) => {
    const stream = client.query(new QueryStream(`SELECT id, ${sentiment} FROM docs ORDER BY id`));
    await finished(stream.resume());
  },
};

interface Running {
  readonly lab: Lab;
  readonly client: pg.PoolClient;
  readonly pid: number;
  readonly failure: Promise<Error>;
}

interface Source {
  readonly name: string;
  readonly config?: PoolConfig;
  /** The error that pg gives. */
  readonly error: object;
  /** The connection is lost: a stream of pg does not tell. */
  readonly silent?: true;
  /** Nothing to do where a clock does it. */
  interrupt?(running: Running): unknown;
}

async function cancelUntilHeard({ lab, pid, failure }: Running): Promise<void> {
  let ended = false;
  const end = failure.then(() => {
    ended = true;
  });
  for (let cancels = 0; !ended && cancels < 4; cancels++) {
    await lab.admin.query('SELECT pg_cancel_backend($1)', [pid]);
    await Promise.race([end, sleep(1000)]);
  }
}

const lost = { message: expect.stringMatching(/^Connection terminated/) };

const sources: readonly Source[] = [
  { name: 'pg_cancel_backend', error: { code: '57014' }, interrupt: cancelUntilHeard },
  {
    name: 'pg_terminate_backend',
    // The server closes a connection on which it has not read everything: its last words may be lost.
    error: { code: expect.stringMatching(/^(57P01|ECONNRESET|EPIPE)$/) },
    silent: true,
    interrupt: ({ lab, pid }) => lab.admin.query('SELECT pg_terminate_backend($1)', [pid]),
  },
  {
    name: 'client.end',
    error: lost,
    silent: true,
    interrupt: ({ client }) => void (client as unknown as pg.Client).end(),
  },
  {
    name: 'a connection that is cut',
    error: lost,
    silent: true,
    interrupt: ({ client }) =>
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
  },
  {
    name: 'statement_timeout',
    config: { statement_timeout: TIMEOUT_MS },
    error: { code: '57014', message: 'canceling statement due to statement timeout' },
  },
  { name: 'query_timeout', config: { query_timeout: TIMEOUT_MS }, error: { message: 'Query read timeout' } },
];

/** The statement fails as in pg, its requests are aborted, and none is sent from then on. */
async function expectAborted(lab: Lab, mode: string, wait: Wait, source: Source) {
  const { config = {} } = source;
  const pool = lab.openPool({ max: 3, application_name: 'aborts', ...config, awsMl: wait.options ?? {} });
  await wait.begin(lab, pool);
  const client = await pool.connect();
  try {
    await expectAbortedOn(lab, client, mode, wait, source);
  } finally {
    client.release(true);
  }
}

async function expectAbortedOn(lab: Lab, client: pg.PoolClient, mode: string, wait: Wait, source: Source) {
  const { interrupt, error, silent } = source;
  client.on('error', () => {});
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const running = { lab, client, pid: rows[0].pid, failure: failureOf(modes[mode]!(client)) };
  running.failure.catch(() => {});
  await wait.reached(lab, running.pid);
  await interrupt?.(running);
  if (mode !== 'a stream' || !silent) expect(await running.failure).toMatchObject(error);
  const { others = 0, endsWithinMs } = wait;
  await until(() => lab.services.requests.inFlight() <= others, BOUND_MS);
  // What was on its way when it was aborted may still arrive.
  await sleep(50);
  const sent = arrived(lab);
  await sleep(endsWithinMs);
  expect(arrived(lab)).toBe(sent);
}

describe.concurrent.each(Object.keys(modes))('%s that waits for an answer', (mode) => {
  test.each(sources)('$name', (source) => withLab((lab) => expectAborted(lab, mode, anAnswer, source)));
});

/** A lost connection is a lost connection. */
const differing = sources.filter(({ name, silent }) => !silent || name === 'client.end');

describe.concurrent.each(waits)('what waits for $name', (wait) => {
  describe.each(['a batch plan', 'replay', 'live'])('%s', (mode) => {
    test.each(differing)('$name', (source) => withLab((lab) => expectAborted(lab, mode, wait, source)));
  });
});
