import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`DROP TABLE IF EXISTS notes CASCADE`);
  await app.pool.query(`DROP DOMAIN IF EXISTS pleasant CASCADE`);
  await app.pool.query(`CREATE OR REPLACE FUNCTION mood_of(body text) RETURNS text IMMUTABLE LANGUAGE plpgsql
    AS 'BEGIN RETURN (aws_comprehend.detect_sentiment(body, ''en'')).sentiment; END'`);
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text NOT NULL)`);
  await app.pool.query(`INSERT INTO notes SELECT i, CASE i % 3 WHEN 0 THEN 'bad ' ELSE 'good ' END || i
    FROM generate_series(1, 30) i`);
  app.requests();
});

const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** How many notes there are of each mood in a column. */
const counted = (column: string) => app.rows(`SELECT ${column}, count(*)::int FROM notes GROUP BY 1 ORDER BY 1`);

const bothMoods = [
  ['NEGATIVE', 10],
  ['POSITIVE', 20],
];

describe('a definition that evaluates ML calls over rows that are there', () => {
  it('adds a column with a default', async () => {
    const { command } = await app.pool.query(`ALTER TABLE notes ADD COLUMN mood text DEFAULT ${mood(`'bad'`)}`);
    expect(command).toBe('ALTER');
    expect(await counted('mood')).toEqual([['NEGATIVE', 30]]);
    expect(app.requests()).toEqual([1]);
  });

  it('adds a generated column', async () => {
    await app.pool.query(`ALTER TABLE notes ADD COLUMN mood text GENERATED ALWAYS AS (mood_of(body)) STORED`);
    expect(await counted('mood')).toEqual(bothMoods);
    expect(sum(app.requests())).toBe(30);
  });

  it('changes the type of a column, and does so in a block', async () => {
    const client = await app.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`ALTER TABLE notes ALTER COLUMN body TYPE varchar USING ${mood('body')}`);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await counted('body')).toEqual(bothMoods);
    expect(sum(app.requests())).toBe(30);
  });

  it('adds and validates a check, and reports the rows that break it', async () => {
    await app.pool.query(`ALTER TABLE notes ADD CHECK (${mood('body')} IN ('POSITIVE', 'NEGATIVE'))`);
    expect(sum(app.requests())).toBe(30);
    await app.pool.query(`ALTER TABLE notes ADD CONSTRAINT good CHECK (mood_of(body) = 'POSITIVE') NOT VALID`);
    expect(app.requests()).toEqual([]);
    await expect(app.pool.query('ALTER TABLE notes VALIDATE CONSTRAINT good')).rejects.toMatchObject({ code: '23514' });
    expect(app.pool.idleCount).toBe(app.pool.totalCount);
  });

  it('stores the expression as it was written, however many results there are', async () => {
    await app.pool.query(`INSERT INTO notes SELECT i, 'good ' || i FROM generate_series(31, 400) i`);
    app.requests();
    await app.pool.query(`ALTER TABLE notes ADD CONSTRAINT known CHECK (${mood('body')} <> 'MIXED')`);
    expect(sum(app.requests())).toBe(400);
    const [[definition]] = (await app.rows(
      `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'known'`,
    )) as [[string]];
    expect(definition).not.toContain('_aws_ml');
  });

  it('builds an index, and reads its statistics', async () => {
    await app.pool.query('CREATE INDEX by_mood ON notes (mood_of(body))');
    expect(sum(app.requests())).toBe(30);
    await app.pool.query('ANALYZE notes');
    await app.pool.query('REINDEX TABLE notes');
    expect(await app.rows(`SELECT count(*)::int FROM pg_stats WHERE tablename = 'by_mood' AND n_distinct = 2`)).toEqual(
      [[1]],
    );
  });

  it('builds an index outside of transactions', async () => {
    await app.pool.query('CREATE INDEX CONCURRENTLY by_mood ON notes (mood_of(body))');
    await app.pool.query('REINDEX INDEX CONCURRENTLY by_mood');
    await app.pool.query('VACUUM (ANALYZE) notes');
    expect(await app.rows(`SELECT indisvalid FROM pg_index WHERE indrelid = 'notes'::regclass`)).toEqual([
      [true],
      [true],
    ]);
    expect(await app.rows(`SELECT n_distinct::int FROM pg_stats WHERE tablename = 'by_mood'`)).toEqual([[2]]);
  });

  it('fills a materialized view', async () => {
    await app.pool.query('CREATE MATERIALIZED VIEW moods AS SELECT id, mood_of(body) AS mood FROM notes');
    expect(await app.rows('SELECT mood, count(*)::int FROM moods GROUP BY 1 ORDER BY 1')).toEqual(bothMoods);
  });

  it('adds a constraint to a domain', async () => {
    await app.pool.query('CREATE DOMAIN pleasant AS text');
    await app.pool.query('ALTER TABLE notes ALTER COLUMN body TYPE pleasant');
    await app.pool.query(`ALTER DOMAIN pleasant ADD CHECK (mood_of(value) IN ('POSITIVE', 'NEGATIVE'))`);
    expect(sum(app.requests())).toBe(30);
    await expect(app.pool.query(`ALTER DOMAIN pleasant ADD CHECK (mood_of(value) = 'POSITIVE')`)).rejects.toMatchObject(
      { code: '23514' },
    );
  });
});

describe('what no transaction block takes', () => {
  it.each([
    'CREATE INDEX CONCURRENTLY IF NOT EXISTS by_body ON notes (body)',
    'REINDEX TABLE CONCURRENTLY notes',
    'REINDEX (CONCURRENTLY) INDEX notes_pkey',
    'VACUUM notes',
    'VACUUM (ANALYZE) notes',
    'VACUUM FULL notes',
    'DROP INDEX CONCURRENTLY IF EXISTS notes_by_nothing',
    'DISCARD ALL -- notes',
    'ALTER SYSTEM RESET work_mem -- notes',
    'DROP DATABASE IF EXISTS notes',
  ])('runs on a table whose trigger makes ML calls: %s', async (sql) => {
    await app.pool.query(`CREATE OR REPLACE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN NEW.body := mood_of(NEW.body); RETURN NEW; END'`);
    await app.pool.query('CREATE TRIGGER watch BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION watch()');
    await app.pool.query(sql);
    await app.pool.query({ text: sql, values: [] });
    expect(app.requests()).toEqual([]);
  });

  it('is refused in one, as natively', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(`ALTER TABLE notes ADD CHECK (mood_of(body) <> 'MIXED') NOT VALID`);
      await client.query('BEGIN');
      await expect(client.query('VACUUM notes')).rejects.toMatchObject({ code: '25001' });
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });
});
