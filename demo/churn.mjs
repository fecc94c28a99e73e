// Trains a model by SQL, asks it, and leaves nothing behind: churn among 5,000 customers of a telephone company. Needs
// no AWS account, no Docker and no network: aws-ml-local stands for S3 and SageMaker, and really trains.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { BUCKET, FILE, preparation, trainingStep, use } from './churn-steps.mjs';
import { heading, say, statement } from './report.mjs';
import { untilReady } from './until-ready.mjs';

const began = performance.now();
const services = await startLocalServices({ buckets: [BUCKET] });
// Region, credentials and endpoints, where the AWS SDK finds them in production as well.
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
// The role is the one that SageMaker takes on while it trains.
const training = { roleArn: 'arn:aws:iam::123456789012:role/sagemaker-training' };
const pool = new Pool({ ...server, awsMl: { training } });
pool.on('error', () => {});
const s3 = new S3Client({ forcePathStyle: true });

try {
  await upload();
  const client = await pool.connect();
  client.on('notice', ({ message }) => say(`NOTICE:  ${message}`));
  await runAll(client, preparation);
  await runAll(client, [trainingStep]);
  await untilReady(client, 'churn');
  await runAll(client, use);
  client.release();
  await showBucket();
  say(`Done in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
} finally {
  s3.destroy();
  await pool.end();
  await server.stop();
  await services.close();
}

async function runAll(client, steps) {
  for (const { title, sql, after } of steps) {
    heading(title);
    for (const text of [sql].flat()) await statement(client, pool.awsMl, text);
    if (after) say(after);
  }
}

/** The data, as a nightly job would have left them there. */
async function upload() {
  const path = join(import.meta.dirname, 'churn5000.csv');
  const { size } = await stat(path);
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: FILE, Body: createReadStream(path), ContentLength: size }));
}

async function showBucket() {
  heading('What is left in S3');
  for (const Key of [FILE, 'export/callers.csv']) await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  say(`Without the two files that this demo has put there itself: ${KeyCount} objects in ${BUCKET}.\n`);
  if (KeyCount !== 0) throw new Error('Objects were left in the bucket.');
}
