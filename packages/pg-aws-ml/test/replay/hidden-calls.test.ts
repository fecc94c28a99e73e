import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  for (const sql of [
    `CREATE FUNCTION mood_of(body text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN ${mood('body').replaceAll("'", "''")}; END'`,
    `CREATE FUNCTION same_mood(a text, b text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN mood_of(a) = mood_of(b); END'`,
    `CREATE OPERATOR ~~~ (FUNCTION = same_mood, LEFTARG = text, RIGHTARG = text)`,
    `CREATE FUNCTION by_operator(a text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN a~~~''good''; END'`,
    `CREATE DOMAIN pleasant AS text CHECK (mood_of(value) = 'POSITIVE')`,
    `CREATE TYPE judged AS (body text, mood text)`,
    `CREATE FUNCTION judge(text) RETURNS judged LANGUAGE plpgsql AS 'BEGIN RETURN ROW($1, mood_of($1)); END'`,
    `CREATE CAST (text AS judged) WITH FUNCTION judge(text)`,
    `CREATE FUNCTION add_mood(text, text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN concat($1, mood_of($2)); END'`,
    `CREATE AGGREGATE moods (text) (SFUNC = add_mood, STYPE = text)`,
    `CREATE TABLE log (body text)`,
    `CREATE TABLE ruled (body text)`,
    `CREATE RULE keep AS ON INSERT TO ruled DO ALSO INSERT INTO log VALUES (mood_of(NEW.body))`,
    `CREATE TABLE parts (id int, body text) PARTITION BY RANGE (id)`,
    `CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)`,
    `CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.body := mood_of(NEW.body); RETURN NEW; END'`,
    `CREATE TRIGGER watch BEFORE INSERT OR UPDATE ON part_1 FOR EACH ROW EXECUTE FUNCTION watch()`,
    `CREATE VIEW through AS SELECT * FROM parts`,
    `CREATE TABLE base (id int, body text)`,
    `CREATE TABLE child () INHERITS (base)`,
    `CREATE TRIGGER watch BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION watch()`,
    `INSERT INTO child VALUES (1, 'bad')`,
    `CREATE TABLE typed (body pleasant)`,
    `CREATE TABLE parent (id text PRIMARY KEY)`,
    `CREATE TABLE referring (body text REFERENCES parent ON UPDATE CASCADE, mood text)`,
    `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.mood := mood_of(NEW.body); RETURN NEW; END'`,
    `CREATE TRIGGER note BEFORE UPDATE ON referring FOR EACH ROW EXECUTE FUNCTION note()`,
    `INSERT INTO parent VALUES ('good')`,
    `INSERT INTO referring (body) VALUES ('good')`,
    `CREATE TABLE indexed (body text)`,
    `CREATE FUNCTION fixed_mood(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN mood_of($1); END'`,
    `CREATE INDEX ON indexed (fixed_mood(body))`,
    `CREATE TABLE routed (body text) PARTITION BY LIST (fixed_mood(body))`,
    `CREATE TABLE routed_good PARTITION OF routed FOR VALUES IN ('POSITIVE')`,
  ]) {
    await app.pool.query(sql);
  }
});
afterAll(() => app.end());

describe('a call that hides behind something else works in a block, at once', () => {
  it.each([
    ['an operator', `SELECT 'good'~~~'bad'`, undefined, [[false]]],
    ['an operator in a function', `SELECT by_operator('bad')`, undefined, [[false]]],
    ['a domain', `SELECT 'good'::pleasant`, undefined, [['good']]],
    ['an array of a domain', `SELECT (ARRAY['good']::pleasant[])[1]`, undefined, [['good']]],
    ['a cast', `SELECT ('bad'::text::judged).mood`, undefined, [['NEGATIVE']]],
    ['an aggregate', `SELECT moods(x) FROM (VALUES ('good')) v (x)`, undefined, [['POSITIVE']]],
    ['a rule', `INSERT INTO ruled VALUES ('bad')`, 'SELECT * FROM log', [['NEGATIVE']]],
    ['the trigger of a partition', `INSERT INTO parts VALUES (1, 'bad')`, 'SELECT body FROM parts', [['NEGATIVE']]],
    ['a view over it', `INSERT INTO through VALUES (2, 'good')`, 'SELECT body FROM parts', [['POSITIVE']]],
    ['the trigger of an inheriting table', `UPDATE base SET id = 2`, 'SELECT body FROM base', [['NEGATIVE']]],
    ['the type of a column', `INSERT INTO typed VALUES ('good')`, 'SELECT * FROM typed', [['good']]],
    ['a cascade', `UPDATE parent SET id = 'bad'`, 'SELECT mood FROM referring', [['NEGATIVE']]],
    ['an index', `INSERT INTO indexed VALUES ('bad')`, 'SELECT body FROM indexed', [['bad']]],
    ['the key of a partition', `INSERT INTO routed VALUES ('good')`, 'SELECT body FROM routed_good', [['good']]],
  ])('%s', async (_, sql, look, expected) => {
    const pool = app.pool;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const rows = await app.rows(sql, [], client);
      expect(look === undefined ? rows : await app.rows(look, [], client)).toEqual(expected);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
    expect(app.requests().length).toBeGreaterThan(0);
  });

  it('a domain whose constraint is broken', async () => {
    await expect(app.pool.query(`SELECT 'bad'::pleasant`)).rejects.toMatchObject({ code: '23514' });
  });
});
