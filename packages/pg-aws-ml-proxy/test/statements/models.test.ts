/** A model's whole life through the proxy, with plain pg. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

const bucket = 'sagemaker-proxy';
let lab: MlLab;
let client: pg.Client;

beforeAll(async () => {
  lab = await openMlLab();
  client = await lab.connect();
  const s3 = new S3Client({
    endpoint: lab.services.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
  await client.query(`CREATE TABLE measured AS SELECT i % 9 AS a, i % 7 / 2.0::float8 AS b, 2 * (i % 9) + i % 7 / 2.0::float8 AS y
    FROM generate_series(1, 500) AS i`);
});

afterAll(() => lab?.close());

test('CREATE, SHOW, predict, GRANT, EXPLAIN_MODEL, DROP', async () => {
  await client.query(`CREATE MODEL line FROM measured TARGET y FUNCTION predict_y IAM_ROLE 'arn:aws:iam::123456789012:role/training'
    AUTO OFF MODEL_TYPE LINEAR_LEARNER SETTINGS (S3_BUCKET '${bucket}')`);
  for (let state = ''; state !== 'READY'; ) {
    const { rows } = await client.query<{ Key: string; Value: string }>({ text: 'SHOW MODEL line', values: [] });
    state = rows.find(({ Key }) => Key === 'Model State')?.Value ?? '';
    expect(rows).not.toContainEqual({ Key: 'Model State', Value: 'FAILED' });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rows } = await client.query('SELECT round(predict_y($1, $2))::int AS p', [2, 3.0]);
  expect(rows).toEqual([{ p: 7 }]);
  lab.services.requests.reset();
  expect((await client.query('SELECT max(abs(predict_y(a, b) - y)) < 0.1 AS close FROM measured')).rows).toEqual([
    { close: true },
  ]);
  expect(lab.services.requests.total()).toBe(1);
  expect((await client.query('SELECT model_name FROM svv_ml_model_info')).rows).toEqual([{ model_name: 'line' }]);
  expect((await client.query('GRANT EXECUTE ON MODEL line TO PUBLIC')).command).toBe('GRANT');
  expect((await client.query('DROP MODEL line')).command).toBe('DROP');
  expect((await client.query('SHOW MODEL ALL')).rows).toEqual([]);
});
