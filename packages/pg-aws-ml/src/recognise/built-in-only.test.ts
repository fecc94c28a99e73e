import { expect, it } from 'vitest';
import { usesBuiltInsOnly } from './built-in-only.js';

it.each([
  'SELECT NOW()',
  'select pg_sleep($1)',
  'SELECT $1::text as name, lower(\'a "b" (c)\') || upper($2) -- f(x)',
  'SELECT * FROM generate_series(0, 1000) num /* from t */',
  'SELECT count(*) FILTER (WHERE x > 1) OVER (ORDER BY x) FROM unnest(ARRAY[1, 2]) AS u(x)',
  'CREATE TEMP TABLE items(name varchar(10), id serial primary key)',
  'drop table items;',
])('PostgreSQL alone knows what %s does', (text) => {
  expect(usesBuiltInsOnly(text)).toBe(true);
});

it.each([
  'SELECT * FROM items',
  'select count(*) from items where id in (select id from "Others")',
  'SELECT * FROM generate_series(1, 2) a, items',
  'SELECT * FROM (items CROSS JOIN generate_series(1, 2))',
  'SELECT 1 WHERE EXISTS (TABLE items)',
  'SELECT 1 UNION TABLE items',
  'WITH x AS (SELECT 1) SELECT * FROM x JOIN items ON true',
  'TABLE items',
])('%s reads relations, which may be views', (text) => {
  expect(usesBuiltInsOnly(text)).toBe(false);
});

it.each([
  "SELECT 'x'::mood",
  'SELECT cast($1 AS mood)',
  'SELECT 1 === 2',
  "SELECT data->>'a' FROM (SELECT 1) s",
  'SELECT score(1)',
  'SELECT ($1::text).score',
  'SELECT g.score FROM generate_series(1, 2) g',
  'SELECT key(1), over(1)',
  'SELECT cube(1) OR range(2) OR by(3)',
  'SELECT 1 WHERE filter(1)',
  'SELECT * FROM scores(1)',
  'SELECT public.now()',
  'SELECT "now"()',
  'INSERT INTO items VALUES (1)',
  'WITH gone AS (DELETE FROM items RETURNING *) SELECT * FROM gone',
  'SELECT now(); SELECT score(1)',
  'begin; select now()',
  "SELECT E'\\' || score(1) || '', now()",
  "SELECT U&'\\0061', now()",
  'SELECT $$ text $$, now()',
  "SELECT 'never ends, now()",
  'CREATE TABLE copies AS SELECT * FROM items',
  'CREATE INDEX ON items (lower(name))',
  'CALL now()',
  'DO $$ BEGIN END $$',
  'COPY items FROM STDIN',
  'CREATE TABLE p PARTITION OF items FOR VALUES IN (score(1))',
])('%s may use what users have made', (text) => {
  expect(usesBuiltInsOnly(text)).toBe(false);
});

it.each([' ', '(', '/*', '/* ', '--\n', "'", "''", '"a"', '$', '+-', 'now(', ';'])(
  'takes linear time for a megabyte of %j',
  (piece) => {
    const started = performance.now();
    usesBuiltInsOnly(`SELECT ${piece.repeat(1_000_000 / piece.length)}`);
    usesBuiltInsOnly(`SELECT ${piece.repeat(19_000 / piece.length)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);
