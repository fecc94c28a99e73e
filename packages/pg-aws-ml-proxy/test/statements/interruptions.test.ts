import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

let lab: MlLab;
let admin: pg.Client;

const SLOW = { comprehend: { latencyMs: 60_000 } };
const call = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM notes";

beforeAll(async () => {
  lab = await openMlLab();
  admin = new pg.Client({ connectionString: lab.direct.connectionString });
  await admin.connect();
  await admin.query("CREATE TABLE notes AS SELECT 'note ' || n AS body FROM generate_series(1, 30) n");
});
afterEach(() => lab.services.setFaults({}));
afterAll(async () => {
  await admin.end();
  await lab.close();
});

/** A client whose statement waits for the service. */
async function waiting(text: string, values?: unknown[]) {
  const client = await lab.connect();
  client.on('error', () => {});
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  lab.services.setFaults(SLOW);
  const answer = client.query(text, values);
  answer.catch(() => {});
  await expect.poll(() => lab.services.requests.inFlight(), { timeout: 60_000 }).toBeGreaterThan(0);
  return { client, pid: Number(rows[0].pid), answer };
}

test.each([
  ['a simple query', undefined],
  ['an extended one', [] as unknown[]],
])('a cancel request ends %s that waits for a service; the session goes on', async (_, values) => {
  const { client, answer } = await waiting(call, values);
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const canceller = new pg.Client({ connectionString: lab.through.connectionString });
  const { connection } = canceller as unknown as {
    connection: {
      connect(port: number, host: string): void;
      cancel(pid: number, key: number): void;
      on(event: string, listener: () => void): void;
    };
  };
  connection.on('connect', () => connection.cancel(processID, secretKey));
  connection.connect(lab.through.port, lab.through.host);
  await expect(answer).rejects.toMatchObject({ code: '57014' });
  lab.services.setFaults({});
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect((await client.query(call)).rows).toHaveLength(30);
});

test('a client that goes leaves no request, no process and no session behind', async () => {
  const { client, pid } = await waiting(call);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await expect.poll(() => lab.services.requests.inFlight(), { timeout: 60_000 }).toBe(0);
  const alive = async () => (await admin.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).rowCount;
  await expect.poll(alive, { timeout: 60_000 }).toBe(0);
  const sessions = () => [...lab.proxy.sessions].filter((s) => s.backendKey?.readUInt32BE(0) === pid).length;
  await expect.poll(sessions, { timeout: 60_000 }).toBe(0);
});

test("a server process that is ended ends its client's session, with the server's error; others go on", async () => {
  const other = await lab.connect();
  const { pid, answer } = await waiting(call);
  await admin.query('SELECT pg_terminate_backend($1)', [pid]);
  await expect(answer).rejects.toMatchObject({ code: '57P01' });
  expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a failing service leaves the session as it was, in and outside a block', async () => {
  const client = await lab.connect();
  lab.services.setFaults({ comprehend: { accessDenied: true } });
  await expect(client.query(call)).rejects.toMatchObject({ code: '38000' });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.query('BEGIN');
  await expect(client.query(call, [])).rejects.toMatchObject({ code: '38000' });
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
  await client.query('ROLLBACK');
});

test('a function that another session makes call a model is answered at once by a simple query', async () => {
  const client = await lab.connect();
  await admin.query('CREATE FUNCTION judged(t text) RETURNS text LANGUAGE sql AS $$ SELECT t $$');
  expect((await client.query("SELECT judged('x') AS j")).rows).toEqual([{ j: 'x' }]);
  await admin.query(
    "CREATE OR REPLACE FUNCTION judged(t text) RETURNS text LANGUAGE sql AS $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$",
  );
  const { rows } = await client.query("SELECT judged('x') AS j");
  expect(rows[0].j).toMatch(/POSITIVE|NEGATIVE|NEUTRAL|MIXED/);
});
