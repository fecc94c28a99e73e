import pg from 'pg';
import type { PoolClient } from 'pg-aws-ml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    CREATE TABLE log (id serial PRIMARY KEY, line text)`);
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`TRUNCATE notes; TRUNCATE log RESTART IDENTITY;
    INSERT INTO notes (id, body) SELECT i, CASE i % 3 WHEN 0 THEN 'bad ' ELSE 'good ' END || i FROM generate_series(1, 30) i`);
  app.requests();
});

async function withNotices<T>(work: (client: PoolClient) => Promise<T>): Promise<[T, (string | undefined)[]]> {
  const client = await app.pool.connect();
  const notices: (string | undefined)[] = [];
  const listen = (notice: { message?: string | undefined }) => notices.push(notice.message);
  client.on('notice', listen);
  try {
    return [await work(client), notices];
  } finally {
    client.off('notice', listen);
    client.release();
  }
}

describe('PL/pgSQL', () => {
  it('is batched across its calls, with only the branches taken, and says what it says once', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION judge(n int, t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN
        RAISE NOTICE 'at %', n;
        IF n % 2 = 0 THEN RETURN 'even'; END IF;
        IF ${mood('t')} = 'POSITIVE' THEN RETURN 'fine'; END IF;
        RETURN aws_sagemaker.invoke_endpoint('echo', NULL, n);
      END $$`);
    const [rows, notices] = await withNotices((client) =>
      app.rows(`SELECT judge(id, body) FROM notes WHERE id <= 6 ORDER BY id`, [], client),
    );
    expect(rows).toEqual([['fine'], ['even'], ['3'], ['even'], ['fine'], ['even']]);
    expect(notices).toEqual([1, 2, 3, 4, 5, 6].map((n) => `at ${n}`));
    expect(app.requests()).toEqual([3, 1]);
  });

  it('catches the errors of single calls', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION careful(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN RETURN ${mood('t')}; EXCEPTION WHEN external_routine_exception THEN RETURN 'failed'; END $$`);
    expect(
      await app.rows(
        `SELECT careful(CASE id WHEN 2 THEN repeat('x', 5001) ELSE body END) FROM notes WHERE id < 4 ORDER BY id`,
      ),
    ).toEqual([['POSITIVE'], ['failed'], ['NEGATIVE']]);
  });

  it('ends a loop that only a result ends', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION first_over(bound int) RETURNS int LANGUAGE plpgsql AS $$
      DECLARE i int := 0;
      BEGIN LOOP i := i + 1; EXIT WHEN aws_sagemaker.invoke_endpoint('sum', NULL, i, i)::int > bound; END LOOP; RETURN i; END $$`);
    expect(await app.rows(`SELECT first_over(10)`)).toEqual([[6]]);
    expect(app.requests()).toEqual([25]);
  });

  it('gets an overload of invoke_endpoint that only its body asks for', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION late(n int) RETURNS text LANGUAGE plpgsql AS $$
      DECLARE r text; BEGIN EXECUTE 'SELECT aws_sagemaker.invoke_endpoint(''echo'', NULL, $1, $2)' INTO r USING n, date '2024-02-29'; RETURN r; END $$`);
    expect(await app.rows(`SELECT late(1)`)).toEqual([['(1,2024-02-29)']]);
  });

  it('goes on where each call depends on the one before', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION chain(n int, k int) RETURNS int LANGUAGE plpgsql AS $$
      BEGIN IF n = 0 THEN RETURN k; END IF; RETURN chain(n - 1, aws_sagemaker.invoke_endpoint('sum', NULL, k, 1)::real::int); END $$`);
    expect(await app.rows(`SELECT chain(20, 1)`)).toEqual([[21]]);
    expect(app.requests()).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('runs in DO and CALL', async () => {
    await app.pool.query(`DO $$ DECLARE r record; BEGIN
      FOR r IN SELECT * FROM notes LOOP UPDATE notes SET mood = ${mood('r.body')} WHERE id = r.id; END LOOP; END $$`);
    expect(app.requests()).toEqual([25, 5]);
    await app.pool.query(`CREATE OR REPLACE PROCEDURE judge_all(INOUT n int) LANGUAGE plpgsql AS $$
      BEGIN UPDATE notes SET mood = ${mood(`body || '!'`)}; GET DIAGNOSTICS n = ROW_COUNT; END $$`);
    expect(await app.rows(`CALL judge_all(0)`)).toEqual([[30]]);
    expect(app.requests()).toEqual([25, 5]);
  });
});

describe('what runs when rows are written', () => {
  it('is batched: triggers', async () => {
    await app.pool.query(`CREATE TABLE judged (body text, mood text);
      CREATE FUNCTION judge_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mood := ${mood('NEW.body')}; RETURN NEW; END $$;
      CREATE TRIGGER judging BEFORE INSERT OR UPDATE OF body ON judged FOR EACH ROW EXECUTE FUNCTION judge_row()`);
    expect(await app.rows(`INSERT INTO judged (body) VALUES ('bad'), ('fair'), ('good') RETURNING mood`)).toEqual([
      ['NEGATIVE'],
      ['POSITIVE'],
      ['POSITIVE'],
    ]);
    expect(app.requests()).toEqual([3]);
    await app.pool.query(
      `INSERT INTO judged (body, mood) SELECT body, ${mood(`'not ' || body`)} FROM notes WHERE id < 4`,
    );
    expect(app.requests().reduce((a, b) => a + b)).toBe(6);
    expect(await app.rows(`UPDATE judged SET body = 'bad' WHERE body = 'fair' RETURNING mood`)).toEqual([['NEGATIVE']]);
  });

  it('is batched: defaults and constraints', async () => {
    await app.pool.query(
      `CREATE TABLE checked (id int, note text CHECK (${mood('note')} = 'POSITIVE'), m text DEFAULT ${mood(`'a default'`)})`,
    );
    app.requests();
    await app.pool.query(`INSERT INTO checked (id, note) VALUES (1, 'good'), (2, 'fair')`);
    expect(app.requests().reduce((a, b) => a + b)).toBe(3);
    await expect(app.pool.query(`INSERT INTO checked (id, note) VALUES (3, 'bad')`)).rejects.toMatchObject({
      code: '23514',
    });
  });
});

describe('what a rollback would not undo', () => {
  it('happens as often as in one evaluation: sequences', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION logged(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO log (line) VALUES (${mood('t')}); RETURN t; END $$`);
    await app.pool.query(`SELECT logged(body) FROM notes WHERE id < 4 ORDER BY id`);
    await app.pool.query(`INSERT INTO log (line) VALUES ('x') RETURNING ${mood('line')}`);
    expect(await app.rows(`SELECT id, line FROM log ORDER BY id`)).toEqual([
      [1, 'POSITIVE'],
      [2, 'POSITIVE'],
      [3, 'NEGATIVE'],
      [4, 'x'],
    ]);
  });

  it('happens as often as in one evaluation: advisory locks', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION locked(t text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_lock(815); RETURN ${mood('t')}; END $$`);
    const client = await app.pool.connect();
    await client.query(`SELECT locked('x')`);
    expect(await app.rows(`SELECT pg_advisory_unlock(815), pg_advisory_unlock(815)`, [], client)).toEqual([
      [true, false],
    ]);
    client.release();
  });
});

describe('inputs that vary from run to run', () => {
  it('are sent once', async () => {
    const { rowCount } = await app.pool.query(`UPDATE notes SET mood = ${mood('body || random()')} WHERE id < 5`);
    expect(rowCount).toBe(4);
    expect(app.requests()).toEqual([1, 1, 1, 1]);
  });
});

describe('prepared statements and cursors', () => {
  it('runs EXECUTE as its query', async () => {
    const client = await app.pool.connect();
    await client.query(
      `PREPARE p (int, text) AS SELECT id, ${mood('body || $2')} FROM notes WHERE id < $1 ORDER BY id`,
    );
    app.requests();
    expect(await app.rows(`EXECUTE p (1 + 2, ' bad')`, [], client)).toEqual([
      [1, 'NEGATIVE'],
      [2, 'NEGATIVE'],
    ]);
    expect(app.requests()).toEqual([2]);
    await client.query(`CREATE TEMP TABLE made AS EXECUTE p (3, '')`);
    expect(await app.rows(`SELECT count(*)::int FROM made`, [], client)).toEqual([[2]]);
    await client.query('DISCARD ALL');
    client.release();
  });

  it('fetches from a cursor between other statements', async () => {
    const client = await app.pool.connect();
    await expect(client.query(`DECLARE c CURSOR FOR SELECT ${mood('body')} FROM notes`)).rejects.toMatchObject({
      code: '25P01',
    });
    expect(app.requests()).toEqual([]);
    await client.query('BEGIN');
    await client.query(`DECLARE c CURSOR FOR SELECT id, ${mood('body')} FROM notes ORDER BY id`);
    expect(app.requests()).toEqual([25, 5]);
    expect(await app.rows(`FETCH 2 FROM c`, [], client)).toEqual([
      [1, 'POSITIVE'],
      [2, 'POSITIVE'],
    ]);
    await client.query(`UPDATE notes SET mood = ${mood('body')} WHERE id = 3`);
    expect(await app.rows(`FETCH NEXT FROM c`, [], client)).toEqual([[3, 'NEGATIVE']]);
    await client.query('COMMIT');
    client.release();
  });
});

describe('a function that another connection creates', () => {
  it('is recognised after the first failure at the latest', async () => {
    await app.pool.query('SELECT 1');
    const other = new pg.Client({ ...app.database });
    await other.connect();
    await other.query(
      `CREATE FUNCTION made_elsewhere(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`,
    );
    await other.end();
    const first = await app.pool.query(`SELECT made_elsewhere('bad') AS m`).catch((error: unknown) => error);
    if (first instanceof Error) expect(first).toMatchObject({ code: '0A000' });
    expect(await app.rows(`SELECT made_elsewhere('bad')`)).toEqual([['NEGATIVE']]);
  });
});
