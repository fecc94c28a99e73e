/** Data from S3, a model that is trained on them, and nothing left behind: on a server as it comes. */

import { Pool } from 'pg-aws-ml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Installed, startInstalled } from './support/installed.js';

const bucket = 'container-sagemaker';
const features = 'calls, minutes, plan';

let installed: Installed;
let pool: Pool;

beforeAll(async () => {
  installed = await startInstalled({ buckets: [bucket] });
  const training = { roleArn: 'arn:aws:iam::123456789012:role/training' };
  pool = new Pool({ ...installed.postgres.connection, awsMl: { training } });
  pool.on('error', () => {});
  await pool.query(`CREATE EXTENSION aws_s3 CASCADE;
    CREATE TABLE customers (id int, calls int, minutes float8, plan text, churned text);
    CREATE TABLE imported (LIKE customers);
    INSERT INTO customers SELECT i, i % 9, (i * 37 % 101) / 10.0, CASE i % 4 WHEN 0 THEN 'gold, "old"' WHEN 1 THEN NULL ELSE 'basic' END,
      CASE WHEN i % 9 > 5 OR i * 37 % 101 > 80 THEN 'True.' ELSE 'False.' END FROM generate_series(1, 700) AS i`);
});
afterAll(async () => {
  await pool?.end();
  await installed?.stop();
});

it('takes rows to S3 and back', async () => {
  const file = `'${bucket}', 'customers.csv', 'us-east-1'`;
  const { rows } = await pool.query(
    `SELECT rows_uploaded, files_uploaded FROM aws_s3.query_export_to_s3('SELECT * FROM customers', ${file}, 'format csv, header')`,
  );
  expect(rows).toEqual([{ rows_uploaded: '700', files_uploaded: '1' }]);
  await pool.query(`SELECT aws_s3.table_import_from_s3('imported', '', '(format csv, header)', ${file})`);
  expect((await pool.query('SELECT * FROM customers EXCEPT TABLE imported')).rows).toEqual([]);
});

it('trains a model, predicts with it in one request, and drops it', async () => {
  await pool.query(`CREATE MODEL churn FROM (SELECT ${features}, churned FROM imported WHERE id <= 600) TARGET churned
    FUNCTION will_churn IAM_ROLE default SETTINGS (S3_BUCKET '${bucket}')`);
  await expect
    .poll(async () => (await pool.query({ text: 'SHOW MODEL churn', rowMode: 'array' })).rows, {
      timeout: 110_000,
      interval: 500,
    })
    .toContainEqual(['Model State', 'READY']);
  installed.services.resetRequests();
  const { rows } = await pool.query(
    `SELECT count(*)::int AS n, count(*) FILTER (WHERE will_churn(${features}) = churned)::int AS hits FROM customers WHERE id > 600`,
  );
  expect(rows[0].n).toBe(100);
  expect(rows[0].hits).toBeGreaterThan(90);
  expect(installed.services.requests.total('sagemaker')).toBe(1);
  await pool.query('DROP MODEL churn');
  expect((await pool.query('SHOW MODEL ALL')).rows).toEqual([]);
  await expect(pool.query('SELECT will_churn(1, 2, NULL)')).rejects.toMatchObject({ code: '42883' });
});
