import type { ReferenceSection } from '../statement.js';

const descriptions = [
  'CREATE SCHEMA ts',
  'CREATE TABLE ts.R (id int PRIMARY KEY, description varchar, score real)',
  "INSERT INTO ts.R SELECT i, repeat('x', i), NULL FROM generate_series(1, 30) i",
];

const BATCH =
  /Batch Processing: num batches=(\d+) avg\/min\/max batch size=(\d+\.\d{3}\/){2}\d+\.\d{3} avg\/min\/max batch call time=(\d+\.\d{3}\/){2}\d+\.\d{3}/;

export const batchMode: ReferenceSection = {
  subject: 'Batch mode',
  statements: [
    {
      shows: 'a function of a text',
      given: descriptions,
      sql: `CREATE FUNCTION anomaly_score(description text) RETURNS real
            AS $$ SELECT aws_sagemaker.invoke_endpoint('anomaly_endpoint', NULL, description)::real $$
            LANGUAGE SQL PARALLEL SAFE COST 5000`,
      command: 'CREATE',
    },
    {
      shows: 'the call migrated from the SELECT list to the FROM clause',
      sql: 'EXPLAIN (VERBOSE, COSTS false) SELECT anomaly_score(ts.R.description) from ts.R;',
      columns: ['QUERY PLAN text'],
      plan: [
        /^ *Nested Loop$/,
        /-> {2}Seq Scan on ts\.r$/,
        /Output: r\.id, r\.description, r\.score$|Output: .*r\.description/,
        /-> {2}Function Scan on public\.anomaly_score/,
        // PostgreSQL does not show the implicit cast to text; Aurora does.
        /Function Call: anomaly_score\((r\.description|\(r\.description\)::text)\)$/,
      ],
    },
    {
      shows: 'batch mode of a call in the SELECT list',
      sql: 'SELECT sum(anomaly_score(ts.R.description)) from ts.R',
      rows: [[465]],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'batch mode of a call in the WHERE clause, for the rows that the other conditions leave',
      sql: 'SELECT id FROM ts.R WHERE anomaly_score(description) >= 3 AND id < 5 ORDER BY id',
      rows: [[3], [4]],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'batch mode of a call in the HAVING clause',
      sql: 'SELECT id % 3 AS g, count(*)::int FROM ts.R GROUP BY 1 HAVING anomaly_score(max(description)) > 28 ORDER BY 1',
      rows: [
        [0, 10],
        [2, 10],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'batch mode of a call in a simple CASE',
      sql: `SELECT id, CASE anomaly_score(description) WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE 'many' END
            FROM ts.R WHERE id < 4 ORDER BY id`,
      columns: ['id integer', 'case text'],
      rows: [
        [1, 'one'],
        [2, 'two'],
        [3, 'many'],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'batch mode of a call in the first condition of a searched CASE',
      sql: `SELECT id, CASE WHEN anomaly_score(description) > 1.5 THEN 'long' ELSE 'short' END AS length
            FROM ts.R WHERE id < 4 ORDER BY id`,
      rows: [
        [1, 'short'],
        [2, 'long'],
        [3, 'long'],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'that migration is on',
      sql: 'SHOW apg_enable_function_migration',
      columns: ['apg_enable_function_migration text'],
      rows: [['on']],
    },
    {
      shows: 'SET apg_enable_function_migration, which ends it',
      sql: 'SET apg_enable_function_migration = false;',
      command: 'SET',
    },
    {
      shows: 'one request a row without migration',
      sql: 'SELECT anomaly_score(ts.R.description) from ts.R WHERE id < 4 ORDER BY id',
      rows: [[1], [2], [3]],
      requests: { sagemaker: 3 },
    },
    { shows: 'RESET of it', sql: 'RESET apg_enable_function_migration', command: 'RESET' },
    {
      shows: 'that LIMIT keeps a batch small',
      sql: 'SELECT anomaly_score(description) FROM ts.R ORDER BY id LIMIT 3',
      rows: [[1], [2], [3]],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'EXPLAIN ANALYZE of a function without a table',
      sql: "EXPLAIN ANALYZE SELECT anomaly_score('abc')",
      plan: [BATCH],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'batches, their sizes and their times',
      sql: 'EXPLAIN (VERBOSE, ANALYZE) SELECT anomaly_score(description) FROM ts.R',
      plan: [
        /Nested Loop/,
        /Function Scan on public\.anomaly_score.*actual/,
        /Batch Processing: num batches=1 avg\/min\/max batch size=30\.000\/30\.000\/30\.000 avg\/min\/max batch call time=/,
        /Execution Time:/,
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'SET max_parallel_workers_per_gather',
      given: ["CREATE TABLE yourTable AS SELECT 7 AS id, 'I cannot stand that chatbot.' AS description"],
      sql: 'SET max_parallel_workers_per_gather to 4;',
      command: 'SET',
    },
    {
      shows: "a table's parallel_workers",
      sql: 'ALTER TABLE ts.R SET (parallel_workers = 4);',
      command: 'ALTER',
    },
    {
      shows: 'batch mode and parallel query together',
      sql: `EXPLAIN (verbose, analyze, buffers)
            SELECT (aws_comprehend.detect_sentiment(description, 'en')).* FROM yourTable WHERE id < 100;`,
      plan: [/Function Scan on aws_comprehend\.detect_sentiment/, BATCH],
      requests: { comprehend: 1 },
    },
    {
      shows: 'the answer of the same statement',
      sql: "SELECT (aws_comprehend.detect_sentiment(description, 'en')).* FROM yourTable WHERE id < 100",
      columns: ['sentiment character varying', 'confidence real'],
      rows: [['NEGATIVE', 0.895219]],
      requests: { comprehend: 1 },
    },
    {
      shows: 'RESET of the workers',
      sql: 'RESET max_parallel_workers_per_gather',
      command: 'RESET',
    },
  ],
};
