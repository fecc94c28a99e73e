import { to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE docs (body text);
    INSERT INTO docs SELECT 'good ' || i FROM generate_series(1, 3) i`);
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(
    `DROP TABLE IF EXISTS t, "my täble", plain CASCADE; DROP SEQUENCE IF EXISTS q CASCADE;
    CREATE SEQUENCE q; CREATE TABLE plain (m text);
    CREATE FUNCTION drawn() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT nextval('q')::int; END;
    CREATE TABLE t (id serial, m text); CREATE TABLE "my täble" (id int GENERATED ALWAYS AS IDENTITY, m text);
    CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v;
    CREATE FUNCTION loud(b text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('b')}; END $$`
      .replace('CREATE FUNCTION loud', 'CREATE OR REPLACE FUNCTION loud')
      .replace('CREATE FUNCTION drawn', 'CREATE OR REPLACE FUNCTION drawn'),
  );
});

describe('a sequence is drawn from once for each row, however the target is written', () => {
  it.each([
    ['INSERT INTO t (m)', 't'],
    ['INSERT /* x */ INTO t (m)', 't'],
    ['INSERT INTO public . t (m)', 't'],
    ['INSERT INTO -- x\n "t" (m)', 't'],
    ['INSERT INTO "my täble" (m)', '"my täble"'],
    ['INSERT INTO public."my täble" (m)', '"my täble"'],
    ['INSERT INTO v (m)', 't'],
    ['INSERT INTO w (m)', 't'],
  ])('%s', async (insert, table) => {
    for (let i = 0; i < 2; i++) await app.pool.query(`${insert} SELECT loud(body) FROM docs`);
    expect(await app.rows(`SELECT id FROM ${table} ORDER BY id`)).toEqual([[1], [2], [3], [4], [5], [6]]);
  });
});

it('a sequence is drawn from once for each row, if only a partition has the trigger that does', async () => {
  await app.pool.query(`CREATE TABLE whole (body text, mood text) PARTITION BY LIST (body);
    CREATE TABLE part PARTITION OF whole DEFAULT;
    CREATE FUNCTION draw() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mood := loud(NEW.body) || nextval('q'); RETURN NEW; END $$;
    CREATE TRIGGER draw BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION draw()`);
  await app.pool.query('INSERT INTO whole SELECT body FROM docs');
  expect(await app.rows(`SELECT last_value::int FROM q`)).toEqual([[3]]);
});

it('a sequence is drawn from once for each row by triggers that COMMIT or SET CONSTRAINTS runs', async () => {
  await app.pool.query(`CREATE TABLE later (body text); CREATE TABLE log (id serial, m text);
    CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (m) VALUES (loud(NEW.body)); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER log AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log()`);
  const client = await app.pool.connect();
  try {
    for (const end of [['COMMIT'], ['SET CONSTRAINTS ALL IMMEDIATE', 'COMMIT']]) {
      for (const sql of ['BEGIN', 'INSERT INTO later SELECT body FROM docs', ...end]) await client.query(sql);
    }
  } finally {
    client.release();
  }
  expect(await app.rows('SELECT id FROM log ORDER BY id')).toEqual([[1], [2], [3], [4], [5], [6]]);
});

it('a sequence is drawn from once for each row that a COPY writes', async () => {
  const client = await app.pool.connect();
  try {
    const copied = client.query(copyTo('COPY (INSERT INTO t (m) SELECT loud(body) FROM docs RETURNING id) TO STDOUT'));
    expect(String(Buffer.concat(await copied.toArray()))).toBe('1\n2\n3\n');
  } finally {
    client.release();
  }
});

describe('what a rollback does not undo is done once for each row', () => {
  it.each([
    ['sql', `SELECT nextval('q'); SELECT`],
    ['plpgsql', `BEGIN PERFORM nextval /* x */ ('q'); RETURN`],
    [
      'plpgsql',
      `BEGIN EXECUTE 'SELECT next' || 'val(''q'')'; PERFORM drawn(); PERFORM setval('q', currval('q') - 1); RETURN`,
    ],
  ])('by a function in %s: %s', async (language, body) => {
    const end = language === 'plpgsql' ? '; END' : '';
    await app.pool.query(
      `CREATE OR REPLACE FUNCTION keep(b text) RETURNS text LANGUAGE ${language} VOLATILE AS $f$ ${body} ${mood('b')} ${end} $f$`,
    );
    await app.pool.query('INSERT INTO plain SELECT keep(body) FROM docs');
    expect(await app.rows(`SELECT last_value::int FROM q`)).toEqual([[3]]);
  });

  it('by COPY TO PROGRAM', async () => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION keep(b text) RETURNS text LANGUAGE plpgsql AS $f$
      BEGIN COPY (SELECT 1) TO /* x */ PROGRAM 'cat >> /tmp/pg-aws-ml-effects'; RETURN ${mood('b')}; END $f$`);
    await app.pool.query(`DO $$ BEGIN COPY (SELECT 1 WHERE false) TO PROGRAM 'cat > /tmp/pg-aws-ml-effects'; END $$`);
    await app.pool.query('INSERT INTO plain SELECT keep(body) FROM docs');
    expect(await app.rows(`SELECT pg_read_file('/tmp/pg-aws-ml-effects')`)).toEqual([['1\n1\n1\n']]);
  });
});
