import { deparse, loadParser, parseStatement } from 'pg-rewriter';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withStoredResults } from '../../src/replay/stored-results.js';
import { resultsTable } from '../../src/stubs/names.js';
import { type Application, mood, startApplication } from './application.js';

describe('the statement', () => {
  beforeAll(() => loadParser());

  const rewritten = (sql: string): string | undefined => {
    const node = withStoredResults(parseStatement(sql));
    return node === undefined ? undefined : deparse(node).replace(/\s+/g, ' ');
  };

  it('looks results up before it calls', () => {
    expect(rewritten(`UPDATE notes SET mood = ${mood('body')}`)).toBe(
      `UPDATE notes SET mood = COALESCE((SELECT r.r1::varchar FROM ( SELECT _aws_ml.result_key('aws_comprehend.detect_sentiment', ARRAY[CAST(body::varchar AS pg_catalog.text), CAST('en'::varchar AS pg_catalog.text)]) ) AS k(key), ${resultsTable} AS r WHERE r.key OPERATOR(pg_catalog.=) k.key), (aws_comprehend.detect_sentiment(body, 'en')).sentiment)`,
    );
  });

  it.each([
    ['subqueries', `UPDATE notes SET mood = (SELECT ${mood('body')})`],
    ['RETURNING', `UPDATE notes SET seen = 1 RETURNING ${mood('body')}`],
    [
      'named arguments',
      `UPDATE notes SET mood = ${mood(`input_text => body`).replace(`'en'`, `language_code => 'en'`)}`,
    ],
    ['functions in FROM', `UPDATE notes SET mood = s.sentiment FROM aws_comprehend.detect_sentiment('a', 'en') s`],
    ['composite results', `UPDATE notes SET mood = to_json(aws_comprehend.detect_sentiment(body, 'en'))`],
    ['functions of the same name', `UPDATE notes SET mood = mine.detect_sentiment(body, 'en')`],
  ])('leaves %s alone', (_, sql) => {
    expect(rewritten(sql)).toBeUndefined();
  });
});

describe('with a hundred results or more', () => {
  let app: Application;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.end());
  beforeEach(async () => {
    await app.pool.query(`DROP TABLE IF EXISTS notes, texts;
      CREATE TABLE texts (query text);
      CREATE TABLE notes (key int PRIMARY KEY, k int, r text, r1 text, r2 float4, code text);
      INSERT INTO notes (key, k, r) SELECT i, i % 7, CASE WHEN i % 50 = 0 THEN NULL WHEN i % 3 = 0 THEN 'bad ' || i ELSE 'good ' || i END
      FROM generate_series(1, 200) i`);
    app.requests();
  });

  it('answers every call without running its function, whatever the columns are called', async () => {
    await app.pool.query('ALTER FUNCTION _aws_ml.evaluate RENAME TO evaluate_');
    try {
      const { rowCount } = await app.pool.query(
        `UPDATE notes AS r SET r1 = ${mood('r.r')}, r2 = (aws_comprehend.detect_sentiment(r.r, 'en')).confidence,
         code = aws_sagemaker.invoke_endpoint('sum', NULL, key, k) WHERE r.r IS NOT NULL AND ${mood('r.r')} <> 'MIXED'`,
      );
      expect(rowCount).toBe(196);
    } finally {
      await app.pool.query('ALTER FUNCTION _aws_ml.evaluate_ RENAME TO evaluate');
    }
    expect(
      await app.rows(
        `SELECT r1, count(*)::int, bool_and(r2 > 0), bool_and(code::float8 = key + k) FROM notes GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      ['NEGATIVE', 65, true, true],
      ['POSITIVE', 131, true, true],
      [null, 4, null, null],
    ]);
  });

  it('calls the columns of a query as the server calls those of the text', async () => {
    const { fields, rows } = await app.pool.query(
      `SELECT ${mood('n.r')}, aws_sagemaker.invoke_endpoint('sum', NULL, n.key)::numeric AS c1,
       (SELECT max(${mood('z.r')}) FROM notes z WHERE z.key <= 2 AND n.k > 3) AS c2 FROM notes n ORDER BY sentiment, key`,
    );
    expect(fields.map((field) => field.name)).toEqual(['sentiment', 'c1', 'c2']);
    expect(rows).toHaveLength(200);
  });

  it('answers NULL inputs with NULL', async () => {
    const { rowCount } = await app.pool.query(`UPDATE notes SET r1 = ${mood('r')}`);
    expect(rowCount).toBe(200);
    expect(app.requests().reduce((a, b) => a + b)).toBe(196);
    expect(await app.rows(`SELECT count(r1)::int, count(*) FILTER (WHERE r1 IS NULL)::int FROM notes`)).toEqual([
      [196, 4],
    ]);
  });

  it('asks for EXECUTE', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(
        `DROP ROLE IF EXISTS stranger; CREATE ROLE stranger; GRANT ALL ON notes TO stranger; SET ROLE stranger`,
      );
      await expect(client.query(`UPDATE notes SET r1 = ${mood('r')}`)).rejects.toMatchObject({ code: '42501' });
      await client.query('RESET ROLE; DROP OWNED BY stranger; DROP ROLE stranger');
    } finally {
      client.release();
    }
    expect(app.requests()).toEqual([]);
  });

  it('answers what has changed since the results were asked for by what it is now', async () => {
    const other = await app.pool.connect();
    try {
      await other.query(`BEGIN; UPDATE notes SET r = 'bad news' WHERE key = 1`);
      const updated = app.pool.query(`UPDATE notes SET r1 = ${mood('r')} WHERE key <= 150`);
      await expect
        .poll(
          () =>
            app.rows(
              `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE notes%'`,
            ),
          { timeout: 60_000 },
        )
        .toEqual([[1]]);
      await other.query('COMMIT');
      expect((await updated).rowCount).toBe(150);
    } finally {
      other.release();
    }
    expect(await app.rows(`SELECT r, r1 FROM notes WHERE key = 1`)).toEqual([['bad news', 'NEGATIVE']]);
  });

  it('leaves nothing that other roles can read after the statement', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(`BEGIN; UPDATE notes SET r1 = ${mood('r')}`);
      await expect(client.query(`SELECT * FROM ${resultsTable}`)).rejects.toMatchObject({ code: '42P01' });
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('runs as it was written where the session counts the calls of functions', async () => {
    const client = await app.pool.connect();
    try {
      await client.query(`CREATE OR REPLACE FUNCTION note_text() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO texts SELECT current_query(); RETURN NEW; END $$;
        CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION note_text(); SET track_functions = 'all'`);
      await client.query(`UPDATE notes SET r1 = ${mood('r')}`);
      await client.query(`RESET track_functions`);
    } finally {
      client.release();
    }
    expect(await app.rows(`SELECT DISTINCT query FROM texts`)).toEqual([[`UPDATE notes SET r1 = ${mood('r')}`]]);
  });
});
