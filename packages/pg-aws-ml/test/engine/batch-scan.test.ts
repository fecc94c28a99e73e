import type { PoolClient } from 'pg';
import Cursor from 'pg-cursor';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

const hash = (text: string) => [...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 9973, 7);

beforeAll(async () => {
  lab = await openLab({
    sentiment: (text) => (hash(text) % 2 === 0 ? 'POSITIVE' : 'NEGATIVE'),
    endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } },
  });
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 10000) i;
    CREATE TABLE results (id int, sentiment text)`);
});

beforeEach(() => {
  lab.services.resetRequests();
  lab.services.setFaults({});
});

afterAll(() => lab.close());

async function withClient(work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await lab.pool.connect();
  client.on('error', () => {});
  try {
    await work(client);
  } finally {
    client.release(true);
  }
}

const inputsSent = () => lab.services.requests.entries.reduce((n, e) => n + (e.batchSize ?? 0), 0);
const select = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs";

test('LIMIT without an ML predicate sends just the rows it returns', async () => {
  const { rows } = await lab.pool.query(`${select} ORDER BY id LIMIT 10`);
  expect(rows).toHaveLength(10);
  expect(lab.services.requests.total()).toBe(1);
  expect(inputsSent()).toBe(10);
});

test('an ML predicate under a LIMIT stops soon after it is met', async () => {
  const { rows } = await lab.pool.query(
    "SELECT id FROM docs WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 5 OFFSET 3",
  );
  expect(rows.map((r) => r.id)).toEqual(
    Array.from({ length: 10000 }, (_, i) => i + 1)
      .filter((i) => hash(`document ${i}`) % 2 === 0)
      .slice(3, 8),
  );
  expect(inputsSent()).toBeLessThan(2500);
});

test('an endpoint without a batch size gets all rows in one request', async () => {
  const { rows } = await lab.pool.query(
    "SELECT sum(x) FROM (SELECT aws_sagemaker.invoke_endpoint('double', NULL, id)::int AS x FROM docs) q",
  );
  expect(rows).toEqual([{ sum: String(10000 * 10001) }]);
  expect(lab.services.requests.total('sagemaker')).toBe(1);
});

test('a cursor that is closed early stops the requests', () =>
  withClient(async (client) => {
    const cursor = client.query(new Cursor(`${select} ORDER BY id`));
    const rows = await cursor.read(30);
    await cursor.close();
    expect(rows).toHaveLength(30);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    // Requests that were aborted are logged when their connections close.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = lab.services.requests.total();
    expect(sent).toBeLessThan(10000 / 25);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lab.services.requests.total()).toBe(sent);
  }));

test('statement_timeout holds while a service answers', () =>
  withClient(async (client) => {
    lab.services.setFaults({ comprehend: { latencyMs: 60_000 } });
    await client.query("SET statement_timeout = '1s'");
    const started = Date.now();
    await expect(client.query(`${select} WHERE id < 20`)).rejects.toMatchObject({ code: '57014' });
    expect(Date.now() - started).toBeLessThan(30_000);
    await client.query('RESET statement_timeout');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  }));

test('a failure leaves nothing written and an open block aborted', () =>
  withClient(async (client) => {
    lab.services.setFaults({ comprehend: { documentErrors: { matching: 'document 17', errorCode: 'INVALID_TEXT' } } });
    await client.query('BEGIN');
    await expect(client.query(`INSERT INTO results ${select} WHERE id < 30`)).rejects.toMatchObject({ code: '38000' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    expect((await client.query('SELECT count(*)::int AS n FROM results')).rows).toEqual([{ n: 0 }]);
  }));

test('onError null gives NULLs, and a failed predicate is never true', async () => {
  lab.services.setFaults({ comprehend: { documentErrors: { matching: 'document 17', errorCode: 'INVALID_TEXT' } } });
  const pool = lab.openPool({ awsMl: { onError: 'null' } });
  const { rows } = await pool.query(`${select} WHERE id BETWEEN 16 AND 18 ORDER BY id`);
  expect(rows[1]).toEqual({ id: 17, sentiment: null });
  const kept = await pool.query(
    "SELECT id FROM docs WHERE id = 17 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment IN ('POSITIVE', 'NEGATIVE')",
  );
  expect(kept.rows).toEqual([]);
});

test('a lost connection rejects the statement and the pool goes on', () =>
  withClient(async (client) => {
    lab.services.setFaults({ comprehend: { latencyMs: 60_000 } });
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const running = client.query(`${select} WHERE id < 200`);
    const failed = expect(running).rejects.toThrow();
    await expect.poll(() => lab.services.requests.inFlight(), { timeout: 60_000 }).toBeGreaterThan(0);
    await lab.admin.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    await failed;
    lab.services.setFaults({});
    expect((await lab.pool.query(`${select} WHERE id = 1`)).rows).toHaveLength(1);
  }));

test('nothing of a statement outlives it', () =>
  withClient(async (client) => {
    await client.query(`${select} WHERE id < 100`);
    const left = await client.query(`SELECT
    (SELECT count(*)::int FROM pg_prepared_statements) AS statements,
    (SELECT count(*)::int FROM pg_cursors) AS portals,
    (SELECT count(*)::int FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS temporary,
    coalesce(current_setting('aws_ml.mode', true), '') AS mode,
    current_setting('transaction_isolation') AS isolation`);
    expect(left.rows).toEqual([{ statements: 0, portals: 0, temporary: 0, mode: '', isolation: 'read committed' }]);
  }));

test("the sides of a set operation fill each other's batches", async () => {
  const side = (from: number, to: number) =>
    `SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS s FROM docs WHERE id BETWEEN ${from} AND ${to}`;
  const { rows } = await lab.pool.query(`${side(101, 110)} UNION ALL ${side(201, 210)} ORDER BY id`);
  expect(rows).toHaveLength(20);
  expect(lab.services.requests.total('comprehend')).toBe(1);
});

test('a failing side of a set operation fails the statement at once', async () => {
  await expect(
    lab.pool.query(`SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id < 5
      UNION ALL SELECT (aws_comprehend.detect_sentiment((1 / (id - id))::text, 'en')).sentiment FROM docs WHERE id < 5`),
  ).rejects.toMatchObject({ code: '22012' });
});

test('a constant call that orders a LIMIT is made once, and the query keeps its index', async () => {
  await lab.admin.query(`
    CREATE TABLE places AS SELECT i AS id, point(i * i, 0) AS at FROM generate_series(1, 20000) i;
    CREATE INDEX ON places USING gist (at);
    ANALYZE places`);
  const scanned = async (): Promise<number> => {
    await lab.admin.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await lab.admin.query(
      "SELECT seq_tup_read::int AS n FROM pg_stat_user_tables WHERE relname = 'places'",
    );
    return rows[0].n;
  };
  const before = await scanned();
  const { rows } = await lab.pool.query(
    "SELECT id FROM places ORDER BY at <-> point(aws_sagemaker.invoke_endpoint('double', NULL, $1::int)::float8, 0) LIMIT 3",
    [50],
  );
  expect(rows.map((r) => r.id)).toEqual([10, 9, 11]);
  expect(lab.services.requests.total('sagemaker')).toBe(1);
  await withClient(async (client) => {
    await client.query('SELECT pg_stat_force_next_flush()');
  });
  expect(await scanned()).toBe(before);
});

test('a subquery over all rows is asked for in full batches', async () => {
  const { rows } = await lab.pool.query(`SELECT count(*)::int AS n FROM docs
    WHERE aws_sagemaker.invoke_endpoint('double', NULL, id)::int > (SELECT avg(aws_sagemaker.invoke_endpoint('double', NULL, id)::int) FROM docs)`);
  expect(rows).toEqual([{ n: 5000 }]);
  expect(lab.services.requests.total('sagemaker')).toBe(1);
});
