import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  await lab.pool.query(`
    CREATE SCHEMA mine;
    CREATE TABLE detect_sentiment (invoke_endpoint int, aws_comprehend text);
    INSERT INTO detect_sentiment VALUES (1, 'aws_bedrock.invoke_model');
    CREATE TABLE mine."aws_comprehend.detect_sentiment" (x int);
    INSERT INTO mine."aws_comprehend.detect_sentiment" VALUES (2);
    CREATE FUNCTION mine.detect_sentiment(t text, l text) RETURNS text LANGUAGE sql AS $$ SELECT t || l $$;
    CREATE FUNCTION mine.invoke_model(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'aws_bedrock.invoke_model(' || t; END $$;
    CREATE TYPE mine."mood'); DROP TABLE odd; --" AS ENUM ('it''s', '"quoted"', 'back\\slash', '{a,b}');
    CREATE TABLE odd ("a ""b"" '; --" text, "ml_rows_1" int, "$1" mine."mood'); DROP TABLE odd; --", "SELECT" text[]);
    INSERT INTO odd VALUES ('text', 1, 'it''s', '{"a,b", "\\"", NULL}'), ('{curly}', 2, '"quoted"', '{}'), (E'\\\\', 3, 'back\\slash', NULL);
    CREATE FUNCTION mine."f""('; --"(t text) RETURNS text LANGUAGE sql AS
      $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$`);
});

beforeEach(() => lab.services.resetRequests());

afterAll(() => lab.close());

test.each([
  ['a table', 'SELECT * FROM detect_sentiment'],
  ['a column', 'SELECT invoke_endpoint FROM detect_sentiment'],
  ['an alias', 'SELECT d.invoke_endpoint AS "aws_sagemaker.invoke_endpoint" FROM detect_sentiment d'],
  ['a quoted table', 'SELECT * FROM mine."aws_comprehend.detect_sentiment"'],
  ['a string', "SELECT 'aws_comprehend.detect_sentiment(''x'', ''en'')' AS s"],
  ['a dollar-quoted string', "SELECT $$aws_comprehend.detect_sentiment('x', 'en')$$ AS s"],
  [
    'a comment',
    "/* SELECT aws_comprehend.detect_sentiment('x', 'en') */ SELECT 1 AS one -- aws_bedrock.invoke_model()",
  ],
  ['a function of another schema', "SELECT mine.detect_sentiment('x', 'en')"],
  ['text in a PL/pgSQL function', "SELECT mine.invoke_model('x')"],
  ['a WITH query', 'WITH detect_sentiment AS (SELECT 1 AS x) SELECT * FROM detect_sentiment'],
  ['a parameter', 'SELECT $1::text AS s', ["aws_comprehend.detect_sentiment('x', 'en')"]],
  ['a JSON path', `SELECT '{"aws_bedrock": {"invoke_model": 1}}'::jsonb #>> '{aws_bedrock,invoke_model}' AS x`],
  ['a window', 'SELECT count(*) OVER detect_sentiment FROM detect_sentiment WINDOW detect_sentiment AS ()'],
])('%s of that name calls nothing', async (_, text, values?: string[]) => {
  const native = await lab.admin.query(text, values);
  const ours = await lab.pool.query(text, values);
  expect(ours.rows).toEqual(native.rows);
  expect(ours.fields).toEqual(native.fields);
  expect(lab.services.requests.total()).toBe(0);
});

test.each([
  `SELECT o."a ""b"" '; --", o."$1", o."SELECT", (aws_comprehend.detect_sentiment(o."a ""b"" '; --", 'en')).sentiment AS "x'; --" FROM odd o ORDER BY 1`,
  `SELECT o."$1", count(*), max(o."SELECT") FROM odd o WHERE (aws_comprehend.detect_sentiment(o."a ""b"" '; --", 'en')).sentiment <> 'ml_rows_1_input' GROUP BY 1 ORDER BY 1`,
  `SELECT o."ml_rows_1", o."$1" = 'it''s', upper((aws_comprehend.detect_sentiment(o."a ""b"" '; --", 'en')).sentiment) || 'ml_rows_1_input' AS u FROM odd o ORDER BY 1`,
  `SELECT mine."f""('; --"(o."a ""b"" '; --") AS s, o."$1" FROM odd o ORDER BY o."ml_rows_1"`,
  `SELECT (U&"aws\\005Fcomprehend".U&"detect\\005Fsentiment"(o."a ""b"" '; --", 'en')).confidence FROM odd o`,
  `SELECT aws_sagemaker.invoke_endpoint('double', 10, o."ml_rows_1")::int + o."ml_rows_1" AS n, o."$1", o."SELECT" FROM odd o ORDER BY n`,
])('names and values are never read as SQL: %s', async (text) => {
  const { rows } = await lab.pool.query(text);
  expect(rows).toHaveLength(3);
  expect(lab.services.requests.total()).toBeGreaterThan(0);
  const { rows: odd } = await lab.admin.query(
    'SELECT "$1"::text AS mood, "SELECT" AS list FROM odd ORDER BY "ml_rows_1"',
  );
  expect(odd.map((row) => row.mood)).toEqual(["it's", '"quoted"', 'back\\slash']);
  for (const row of rows) if ('$1' in row) expect(odd.map((o) => o.mood)).toContain(row.$1);
});
