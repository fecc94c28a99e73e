import type pg from 'pg';
import Cursor from 'pg-cursor';
import { expect } from 'vitest';
import type { Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

/** A way to run ML calls, of those that the engine has. */
export interface StatementKind {
  readonly name: string;
  readonly run: (client: pg.ClientBase) => Promise<unknown>;
  /** Where a procedure has committed, what it committed stays. */
  readonly commits?: true;
  /** Whether the endpoint answers it rather than Comprehend. */
  readonly endpoint?: true;
}

const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

const sql = (text: string) => (client: pg.ClientBase) => client.query(text);

export const kinds: readonly StatementKind[] = [
  { name: 'streaming SELECT', run: sql(`SELECT id, ${sentiment} FROM docs ORDER BY id`) },
  { name: 'GROUP BY', run: sql(`SELECT ${sentiment} AS s, count(*) FROM docs GROUP BY 1`) },
  { name: 'INSERT … SELECT', run: sql(`INSERT INTO results SELECT id, ${sentiment} FROM docs`) },
  { name: 'UPDATE', run: sql(`UPDATE docs SET sentiment = ${sentiment}`) },
  { name: 'PL/pgSQL function', run: sql('SELECT label_all()') },
  { name: 'procedure with COMMIT', run: sql('CALL label_and_commit()'), commits: true },
  { name: 'EXPLAIN ANALYZE', run: sql(`EXPLAIN ANALYZE SELECT id, ${sentiment} FROM docs`) },
  {
    name: 'cursor',
    run: async (client) => {
      const cursor = client.query(new Cursor(`SELECT id, ${sentiment} FROM docs ORDER BY id`));
      // pg-cursor's close waits for ReadyForQuery, which a lost connection doesn't send.
      while ((await cursor.read(20)).length > 0);
      await cursor.close();
    },
  },
  {
    name: 'SELECT over an endpoint',
    run: sql("SELECT id, aws_sagemaker.invoke_endpoint('double', 10, id)::int FROM docs"),
    endpoint: true,
  },
];

export const sentimentOf = (text: string): 'POSITIVE' | 'NEGATIVE' => (text.length % 2 === 0 ? 'POSITIVE' : 'NEGATIVE');

export async function openFaultLab(): Promise<Lab> {
  const lab = await openLab({
    sentiment: sentimentOf,
    endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } },
  });
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 60) i;
    CREATE TABLE results (id int, sentiment text);
    CREATE TABLE slow_results (id int, sentiment text);
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END';
    CREATE TRIGGER slowly BEFORE INSERT ON slow_results FOR EACH ROW EXECUTE FUNCTION slowly();
    CREATE FUNCTION label_all() RETURNS int LANGUAGE plpgsql AS $$
    DECLARE d record; n int := 0;
    BEGIN
      FOR d IN SELECT * FROM docs ORDER BY id LIMIT 5 LOOP
        INSERT INTO results SELECT d.id, s.sentiment FROM aws_comprehend.detect_sentiment(d.body, 'en') s;
        n := n + 1;
      END LOOP;
      RETURN n;
    END $$;
    CREATE PROCEDURE label_and_commit() LANGUAGE plpgsql AS $$
    DECLARE d record;
    BEGIN
      FOR d IN SELECT * FROM docs ORDER BY id LIMIT 5 LOOP
        UPDATE docs SET sentiment = (aws_comprehend.detect_sentiment(d.body, 'en')).sentiment WHERE id = d.id;
        COMMIT;
      END LOOP;
    END $$;`);
  return lab;
}

/** Fails if a promise doesn't settle in time. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not settled within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export async function failureOf(work: Promise<unknown>): Promise<pg.DatabaseError> {
  const error = await within(8000, work).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error, 'the statement fails').toBeInstanceOf(Error);
  return error as pg.DatabaseError;
}

/** What a failure must leave behind: nothing. Undoes what a procedure has committed. */
export async function expectNothingLeft(lab: Lab, pool: Pool, { commits }: { commits?: true }): Promise<void> {
  expect({ waiting: pool.waitingCount, busy: pool.totalCount - pool.idleCount }).toEqual({ waiting: 0, busy: 0 });
  await expect
    .poll(() => remains(lab), { timeout: 2000 })
    .toEqual({ temporary: 0, transactions: 0, advisory: 0, live: 0 });
  const { rows } = await lab.admin.query('SELECT id, body, sentiment FROM docs WHERE sentiment IS NOT NULL');
  for (const row of rows) expect(row.sentiment).toBe(sentimentOf(row.body));
  if (!commits) expect(rows).toEqual([]);
  expect((await lab.admin.query('SELECT count(*)::int AS n FROM results')).rows).toEqual([{ n: 0 }]);
  lab.services.setFaults({});
  const next = await within(3000, pool.query(`SELECT id, body, ${sentiment} AS s FROM docs WHERE id <= 3 ORDER BY id`));
  expect(next.rows.map((r) => r.s)).toEqual(next.rows.map((r) => sentimentOf(r.body)));
  if (commits) await lab.admin.query('UPDATE docs SET sentiment = NULL WHERE sentiment IS NOT NULL');
}

async function remains(lab: Lab): Promise<unknown> {
  const { rows } = await lab.admin.query(`SELECT
    (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname LIKE 'pg\\_temp\\_%') AS temporary,
    (SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle') AS transactions,
    (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory') AS advisory,
    (SELECT count(*)::int FROM _aws_ml.live_result) AS live`);
  return rows[0];
}
