/** The statements of docs/training.md, and those of Amazon Redshift ML's documentation, as they are written. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitStatements } from 'pg-rewriter';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { root, snippetsOf } from '../docs/markdown.js';
import type { Lab } from '../support/lab.js';
import { bucket, inAws, openModelLab, untilTrained } from './model-lab.js';

let lab: Lab & { readonly trainer: Pool };

const columns =
  'account_length, area_code, vmail_message, day_mins, day_calls, day_charge, eve_mins, eve_calls, eve_charge, night_mins, night_calls, night_charge, intl_mins, intl_calls, intl_charge, cust_serv_calls';

beforeAll(async () => {
  lab = await openModelLab();
  const numbers = columns.split(', ').map((column, i) => `(i * ${i + 3} % 97)::float8 AS ${column}`);
  await lab.trainer.query(`
    CREATE TABLE customer_activity AS SELECT i AS id, 'state ' || i % 5 AS state, i % 9 AS calls, i % 31 / 2.0 AS minutes,
      CASE WHEN i % 9 > 5 THEN 'True.' ELSE 'False.' END AS churned, date '2023-06-01' + i % 400 AS joined FROM generate_series(1, 900) AS i;
    CREATE TABLE activity AS SELECT ${numbers.join(', ')}, CASE WHEN i * 18 % 97 > 60 THEN 'True.' ELSE 'False.' END AS churn
      FROM generate_series(1, 600) AS i;
    CREATE TABLE comments (body text); INSERT INTO comments VALUES ('Good.'), ('Bad.');
    DO $$BEGIN CREATE ROLE analyst; EXCEPTION WHEN duplicate_object THEN NULL; END$$`);
});

afterAll(() => lab?.close());

it('docs/training.md', async () => {
  const page = await readFile(join(root, 'docs/training.md'), 'utf8');
  for (const { language, code } of snippetsOf(page)) {
    if (language !== 'sql') continue;
    for (const { text } of splitStatements(code) ?? []) {
      await lab.trainer.query(text.replace('my-sagemaker-bucket', bucket));
      if (text.trimStart().startsWith('CREATE MODEL churn')) {
        expect(await untilTrained(lab.trainer, 'churn')).toMatchObject({ 'Model State': 'READY' });
      }
    }
  }
  expect(await inAws(lab.services)).toEqual([]);
});

it("Amazon Redshift's page of probabilities", async () => {
  const { trainer } = lab;
  await trainer.query(
    'ALTER TABLE customer_activity RENAME TO customers; ALTER TABLE activity RENAME TO customer_activity',
  );
  // The manual's statement lacks its last parenthesis.
  await trainer.query(
    `CREATE MODEL customer_churn_model FROM customer_activity PROBLEM_TYPE BINARY_CLASSIFICATION TARGET churn FUNCTION customer_churn_predict IAM_ROLE {default} AUTO ON SETTINGS ( S3_BUCKET '${bucket}'`,
  );
  expect(await untilTrained(trainer, 'customer_churn_model')).toMatchObject({ 'Model State': 'READY' });
  const call =
    'customer_churn_predict_probabilities(Account_length, Area_code, VMail_message, Day_mins, Day_calls, Day_charge,Eve_mins, Eve_calls, Eve_charge, Night_mins, Night_calls, Night_charge,Intl_mins, Intl_calls, Intl_charge, Cust_serv_calls)';
  const rows = async (sql: string) => (await trainer.query(sql)).rows;
  expect(await rows(`SELECT ${call} FROM customer_activity;`)).toHaveLength(600);
  const [first] = await rows(
    `SELECT prediction.labels[0], prediction.probabilities[0] FROM (SELECT ${call} AS prediction FROM customer_activity) AS p LIMIT 1;`,
  );
  expect(first).toMatchObject({ labels: expect.stringMatching(/\./), probabilities: expect.any(Number) });
  await trainer.query(
    `CREATE TABLE churn_auto_predict_probabilities AS (SELECT ${call} AS prediction FROM customer_activity);`,
  );
  const likely = await rows(
    'SELECT prediction.labels[0], prediction.probabilities[0] FROM churn_auto_predict_probabilities WHERE prediction.probabilities[0] > 0.7;',
  );
  expect(likely.length).toBeGreaterThan(300);
  const each = await rows(
    "SELECT label, index, p.prediction.probabilities[index] FROM churn_auto_predict_probabilities p, p.prediction.labels AS label AT index WHERE label='True.';",
  );
  expect(each).toHaveLength(600);
  await trainer.query('DROP MODEL customer_churn_model');
});
