import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCacheTable, tableName } from '../../src/cache/cache-table-sql.js';
import type { Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
let pool: Pool;

/**
 * A schema that another role may write to, as `public` was to everybody before PostgreSQL 15. Behind pg_catalog it can't
 * replace what is there, but what fits the types of an unqualified call better than anything there wins
 * (CVE-2018-1058). It holds all operators that our SQL uses for all pairs of such types, and functions of all lengths.
 */
const trap = `
CREATE SCHEMA trap;
CREATE FUNCTION trap.raise(what text) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'hijacked: %', what USING ERRCODE = 'HJ000'; END $$;
DO $do$
DECLARE
  types text[] := '{name,text,varchar,oid,int2,int4,int8,bool,"char",regclass,regproc,regprocedure,float4,float8,numeric,interval,bytea,name[],text[],oid[],int2[],aclitem[],oidvector,jsonb,json,pg_node_tree}';
  l text; r text; o text; f text; n int := 0;
BEGIN
  FOREACH l IN ARRAY types LOOP
    FOREACH r IN ARRAY types LOOP
      n := n + 1;
      EXECUTE format($f$CREATE FUNCTION trap.op_%s(%s, %s) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
        $$ BEGIN RETURN trap.raise(%L); END $$ $f$, n, l, r, l || ' operator ' || r);
      FOREACH o IN ARRAY '{=,<>,<,>,<=,>=,||,~,~*,!~,~~,!~~,&&,@>,+,-,*}'::text[] LOOP
        EXECUTE format('CREATE OPERATOR trap.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.op_%s)', o, l, r, n);
      END LOOP;
    END LOOP;
    FOR f IN SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
      AND proname ~ '^(set_config|current_s|pg_|unnest|array_|json|format|round|lower|row_|quote|regexp|has_|to_|sha|encode|conv|nextval)'
    LOOP
      EXECUTE format('CREATE FUNCTION trap.%I(%s) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.raise(%L) $$', f, l, f);
    END LOOP;
  END LOOP;
END $do$;
`;

const sentiment = "(aws_comprehend.detect_sentiment(d.body, 'en')).sentiment";

const statements: Record<string, string> = {
  'a streaming SELECT': `SELECT d.id, d.mood, ${sentiment} FROM public.docs d ORDER BY d.id`,
  'expressions over results': `SELECT pg_catalog.lower(${sentiment}::pg_catalog.text), d.mood, d.tags FROM public.docs d`,
  'GROUP BY': `SELECT ${sentiment} AS s, d.mood, pg_catalog.count(*) FROM public.docs d GROUP BY 1, 2`,
  'an ML predicate under LIMIT': `SELECT d.id FROM public.docs d
    WHERE ${sentiment} OPERATOR(pg_catalog.=) 'POSITIVE'::pg_catalog.varchar LIMIT 2`,
  'every function': `SELECT aws_sagemaker.invoke_endpoint('double', 3, d.id),
      aws_bedrock.invoke_model_get_embeddings('amazon.titan-embed-text-v1', 'application/json', 'embedding',
        pg_catalog.format('{"inputText": "%s"}', d.body)) FROM public.docs d`,
  'a view': 'SELECT * FROM public.labelled',
  'a wrapper': 'SELECT public.label(d.body) FROM public.docs d',
  'UNION ALL': `SELECT ${sentiment} FROM public.docs d UNION ALL SELECT ${sentiment} FROM public.docs d`,
  'INSERT … SELECT': `INSERT INTO public.sink SELECT d.id, ${sentiment} FROM public.docs d`,
  'INSERT … ON CONFLICT': `INSERT INTO public.results SELECT d.id, ${sentiment} FROM public.docs d ON CONFLICT (id) DO NOTHING`,
  UPDATE: `UPDATE public.docs d SET sentiment = ${sentiment}`,
  DELETE: `DELETE FROM public.results r WHERE aws_comprehend.detect_sentiment(r.s, 'en') IS NULL`,
  MERGE: `MERGE INTO public.results r USING public.docs d ON r.id OPERATOR(pg_catalog.=) d.id
    WHEN MATCHED THEN UPDATE SET s = ${sentiment}`,
  'a materialized view': 'REFRESH MATERIALIZED VIEW public.labels',
  'a PL/pgSQL function': 'SELECT public.label_all()',
  'a procedure with COMMIT': 'CALL public.label_and_commit()',
  EXPLAIN: `EXPLAIN SELECT ${sentiment} FROM public.docs d`,
  'EXPLAIN ANALYZE': `EXPLAIN (ANALYZE, FORMAT JSON) SELECT ${sentiment} FROM public.docs d`,
  'a setting': 'SHOW apg_enable_function_migration',
  GRANT: 'GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint TO PUBLIC',
  regproc: "SELECT 'aws_sagemaker.invoke_endpoint'::pg_catalog.regproc",
};

beforeAll(async () => {
  lab = await openLab({
    sentiment: (text) => (text.length % 2 === 0 ? 'POSITIVE' : 'NEGATIVE'),
    endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } },
  });
  await lab.pool.query(`
    CREATE TYPE mood AS ENUM ('so', 'la la');
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text, mood mood, tags text[]);
    INSERT INTO docs SELECT i, 'document ' || i, NULL, 'so', ARRAY['a', 'b'] FROM generate_series(1, 12) i;
    CREATE TABLE results (id int PRIMARY KEY, s text);
    CREATE TABLE sink (id int, s text);
    INSERT INTO results VALUES (1, 'x');
    CREATE FUNCTION label(t text) RETURNS text LANGUAGE sql AS $$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
    CREATE VIEW labelled AS SELECT d.id, ${sentiment} AS s FROM docs d;
    CREATE MATERIALIZED VIEW labels AS SELECT * FROM labelled WITH NO DATA;
    CREATE FUNCTION label_all() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE d record;
    BEGIN
      FOR d IN SELECT * FROM public.docs LOOP
        UPDATE public.docs SET sentiment = (aws_comprehend.detect_sentiment(d.body, 'en')).sentiment WHERE id OPERATOR(pg_catalog.=) d.id;
      END LOOP;
    END $$;
    CREATE PROCEDURE label_and_commit() LANGUAGE plpgsql AS $$
    DECLARE d record;
    BEGIN
      FOR d IN SELECT * FROM public.docs LIMIT 3 LOOP
        UPDATE public.docs SET sentiment = (aws_comprehend.detect_sentiment(d.body, 'en')).sentiment WHERE id OPERATOR(pg_catalog.=) d.id;
        COMMIT;
      END LOOP;
    END $$;`);
  await lab.admin.query(trap);
  pool = lab.openPool({ options: '-c search_path=trap,public' });
});

afterAll(() => lab.close());

test('the trap works', async () => {
  const bare = new pg.Client({ connectionString: lab.database.connectionString, options: '-c search_path=trap' });
  await bare.connect();
  await expect(bare.query("SELECT relname || 'x' FROM pg_class")).rejects.toThrow('hijacked');
  await expect(bare.query('SELECT lower(relname) FROM pg_class')).rejects.toThrow('hijacked');
  await bare.end();
});

test.each(Object.entries(statements))('%s', async (_, text) => {
  await pool.query(text);
  await pool.query({ text, rowMode: 'array' });
});

test('the cache in a table', async () => {
  for (const sql of createCacheTable(tableName(true))) await lab.admin.query(sql);
  const cached = lab.openPool({
    options: '-c search_path=trap,public',
    awsMl: { cache: { table: true, ttlMs: 60_000 } },
  });
  for (let run = 0; run < 2; run++) await cached.query(`SELECT ${sentiment} FROM public.docs d`);
  expect(cached.awsMl.cacheTable()).toMatchObject({ found: 12, failures: 0 });
});
