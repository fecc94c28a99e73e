/** What `npm run demo:churn` runs: Redshift ML's statements, on PostgreSQL. */

export const BUCKET = 'churn-sagemaker';
export const FILE = 'customers.csv';

const table = `CREATE TABLE customers (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state text, account_length int, area_code text, phone text, intl_plan text, vmail_plan text, vmail_messages int,
  day_mins float8, day_calls int, day_charge float8, eve_mins float8, eve_calls int, eve_charge float8,
  night_mins float8, night_calls int, night_charge float8, intl_mins float8, intl_calls int, intl_charge float8,
  service_calls int, churned text);`;

/** All but id, and without the answer. */
const features = `state, account_length, area_code, phone, intl_plan, vmail_plan, vmail_messages, day_mins, day_calls,
  day_charge, eve_mins, eve_calls, eve_charge, night_mins, night_calls, night_charge, intl_mins, intl_calls,
  intl_charge, service_calls`;

const columns = `${features}, churned`.replaceAll(/\s+/g, ' ');

export const preparation = [
  {
    title: 'From S3 into a table',
    sql: [
      'CREATE EXTENSION aws_ml CASCADE;',
      'CREATE EXTENSION aws_s3 CASCADE;',
      table,
      `SELECT aws_s3.table_import_from_s3('customers', '${columns}', '(FORMAT csv, HEADER)',
  aws_commons.create_s3_uri('${BUCKET}', '${FILE}', 'us-east-1'));`,
      `SELECT churned, count(*) FROM customers GROUP BY churned ORDER BY churned;`,
    ],
  },
  {
    title: 'And back: any query, as a file in S3',
    sql: `SELECT * FROM aws_s3.query_export_to_s3('SELECT * FROM customers WHERE service_calls > 4',
  '${BUCKET}', 'export/callers.csv', options := 'FORMAT csv, HEADER');`,
  },
  {
    title: 'What would training cost? (nothing is sent)',
    sql: `EXPLAIN CREATE MODEL churn
FROM (SELECT ${features}, churned FROM customers WHERE id % 5 <> 0)
TARGET churned FUNCTION will_churn IAM_ROLE default
SETTINGS (S3_BUCKET '${BUCKET}');`,
  },
];

export const trainingStep = {
  title: 'Train a model: four customers of five; the others are held back',
  sql: `CREATE MODEL churn
FROM (SELECT ${features}, churned FROM customers WHERE id % 5 <> 0)
TARGET churned FUNCTION will_churn IAM_ROLE default
SETTINGS (S3_BUCKET '${BUCKET}');`,
};

export const use = [
  { title: 'What was found', sql: 'SHOW MODEL churn;' },
  {
    title: 'Who will leave? Of the customers that the model has never seen',
    sql: `SELECT will_churn(${features}) AS predicted, churned, count(*)
FROM customers WHERE id % 5 = 0
GROUP BY predicted, churned ORDER BY predicted, churned;`,
    after: 'Each customer is a line of a request, as many as fit into 6 MB.',
  },
  {
    title: 'How sure is it?',
    sql: `SELECT id, prediction.labels[0], round(prediction.probabilities[0]::numeric, 3) AS probability, service_calls, day_mins
FROM (SELECT *, will_churn_probabilities(${features}) AS prediction
  FROM customers WHERE id % 5 = 0) AS p
WHERE prediction.labels[0] = 'True.'
ORDER BY probability DESC, id LIMIT 5;`,
    after: "SUPER is jsonb here, and Redshift's way through it works as well.",
  },
  {
    title: 'What matters?',
    sql: `SELECT key AS column, round(value::numeric, 3) AS importance, repeat('█', (40 * value::float8 / max(value::float8) OVER ())::int) AS " "
FROM jsonb_each(EXPLAIN_MODEL('churn')::jsonb #> '{explanations,kernel_shap,label0,global_shap_values}')
ORDER BY value::float8 DESC LIMIT 8;`,
  },
  {
    title: 'How good is it?',
    sql: `SELECT * FROM aws_ml.evaluate('churn', 'SELECT ${columns} FROM customers WHERE id % 5 = 0');`,
  },
  {
    title: 'How was that done?',
    sql: `EXPLAIN (ANALYZE, COSTS false, TIMING false, SUMMARY false)
SELECT id, will_churn(${features}) FROM customers WHERE id % 5 = 0;`,
    after: 'A prediction is a call of a SageMaker endpoint: in batches, within budgets, cached if you like.',
  },
  {
    title: 'Let somebody else use it',
    sql: [
      'CREATE ROLE analyst;',
      'GRANT USAGE ON SCHEMA public TO analyst;',
      'GRANT SELECT ON customers TO analyst;',
      'GRANT EXECUTE ON MODEL churn TO analyst;',
      'SET ROLE analyst;',
      `SELECT count(*) AS at_risk FROM customers WHERE id % 5 = 0 AND will_churn(${features}) = 'True.';`,
      'RESET ROLE;',
    ],
  },
  { title: 'Leave nothing behind', sql: ['DROP MODEL churn;', 'SHOW MODEL ALL;'] },
];
