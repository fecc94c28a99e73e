import { loadParser, parseStatements } from 'pg-rewriter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Oracle } from './oracle.js';

/** The planner names columns before it rewrites them: by the rules of PostgreSQL's parser, which the server knows best. */
const EXPRESSIONS = [
  'r.id',
  'r.*',
  '(r).body',
  'r.tags[1]',
  '(mood_pair(r.body)).sure',
  '(ROW(1, 2)::outcome).score',
  '(ARRAY[r.id])[1]',
  'upper(r.body)',
  'pg_catalog.upper(r.body)',
  'count(*) OVER ()',
  'r.id + 1',
  '-r.id',
  'NOT true',
  'r.id IS NULL',
  "r.body LIKE 'x'",
  'r.id BETWEEN 1 AND 2',
  'r.id IN (1, 2)',
  'r.id = ANY (ARRAY[1])',
  '1',
  "'text'",
  'NULL',
  'true',
  "'1'::int",
  'CAST(1 + 1 AS bigint)',
  'r.id::text',
  'r.id::numeric(5, 2)',
  '(r.id + 1)::int::text',
  "'a'::varchar(3)",
  "date '2024-01-01'",
  "interval '1 day'",
  "timestamp with time zone '2024-01-01'",
  '\'x\'::"char"',
  "'{1}'::int[]",
  'r.body COLLATE "C"',
  "r.at AT TIME ZONE 'UTC'",
  'CASE WHEN true THEN 1 END',
  'CASE WHEN true THEN 1 ELSE r.id END',
  'CASE WHEN true THEN 1 ELSE length(r.body) END',
  "CASE WHEN true THEN 'a' ELSE 'b'::text END",
  'COALESCE(r.id, 1)',
  'NULLIF(r.id, 1)',
  'GREATEST(r.id, 1)',
  'LEAST(r.id, 1)',
  'ARRAY[1, 2]',
  'ARRAY(SELECT 1)',
  'ROW(1, 2)',
  '(1, 2)',
  'EXISTS (SELECT 1)',
  '(SELECT 1)',
  '(SELECT id FROM products WHERE id = 1)',
  '(SELECT 1 AS one)',
  '(SELECT max(id) FROM products)',
  '1 IN (SELECT 1)',
  'current_date',
  'current_timestamp',
  'current_time(2)',
  'localtimestamp',
  'current_user',
  'session_user',
  'current_role',
  'current_catalog',
  'current_schema',
  'user',
  'extract(year FROM r.at)',
  "position('a' IN r.body)",
  'substring(r.body FROM 1 FOR 2)',
  'trim(r.body)',
  "trim(LEADING 'x' FROM r.body)",
  "overlay(r.body PLACING 'x' FROM 1)",
  'normalize(r.body)',
  'r.body IS NORMALIZED',
  '(r.at, r.at) OVERLAPS (r.at, r.at)',
  'r.id OPERATOR(pg_catalog.+) 1',
  'xmlelement(name a)',
  "xmlparse(content '<a/>')",
  'xmlconcat(NULL)',
  'xmlforest(r.id)',
  "xmlserialize(content '<a/>'::xml AS text)",
  "'<a/>'::xml IS DOCUMENT",
  'json_build_object()',
  "JSON_OBJECT('a': 1)",
  'JSON_ARRAY(1, 2)',
  "'{}' IS JSON",
  "JSON_VALUE(jsonb '1', '$')",
  "JSON_QUERY(jsonb '1', '$')",
  "JSON_EXISTS(jsonb '1', '$')",
  'JSON_SCALAR(1)',
  "JSON('{}')",
  "JSON_SERIALIZE('{}')",
  'to_json(r)',
  'pg_typeof(1)',
];

let oracle: Oracle;
beforeAll(async () => {
  await loadParser();
  oracle = await Oracle.open();
});
afterAll(() => oracle.close());

it.each(EXPRESSIONS)('%s is named as PostgreSQL names it', async (expression) => {
  const sql = `SELECT ${expression}, (aws_comprehend.detect_sentiment('x', 'en')).sentiment FROM reviews r LIMIT 1`;
  const [plan, native] = [await oracle.plan(sql), await oracle.runNatively(sql)];
  if (!('columns' in native.outcome)) throw new Error(native.outcome.message);
  // What cannot be split is run as it is written.
  if (plan?.kind !== 'batch') return;
  const [remainder] = parseStatements(plan.remainder.parts.join('x'));
  const node = remainder?.node;
  const targets = node !== undefined && 'SelectStmt' in node ? (node.SelectStmt.targetList ?? []) : [];
  const names = targets.map((t) => ('ResTarget' in t ? t.ResTarget.name : undefined));
  expect(names).toEqual(native.outcome.columns.map((c) => c.name));
});
