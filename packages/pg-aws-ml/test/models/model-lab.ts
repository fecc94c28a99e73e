import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { TrainingOperations } from 'aws-ml-core/training';
import type { LocalServices, LocalServicesOptions } from 'aws-ml-local';
import type { AwsMlOptions, Pool } from '../../src/index.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';

export const bucket = 'sagemaker-models';
export const role = 'arn:aws:iam::123456789012:role/training';

export const modelOptions = (services: LocalServices): AwsMlOptions => {
  const { endpoints, ...others } = localOptions(services);
  const { url } = services;
  return { ...others, endpoints: { ...endpoints, s3: url, training: url }, training: { roleArn: role } };
};

/** A lab whose pools train, with a bucket and a table of customers, half a second's work to learn from. */
export async function openModelLab(options: LocalServicesOptions = {}): Promise<Lab & { readonly trainer: Pool }> {
  const lab = await openLab(options);
  const trainer = lab.openPool({ awsMl: modelOptions(lab.services) });
  const s3 = s3Client(lab.services);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
  await lab.pool.query(`
    CREATE TABLE customer (id int, calls int, minutes float8, plan text, joined date, active bool, label text, spent float8);
    INSERT INTO customer SELECT i, i % 9, (i * 37 % 101) / 10.0, CASE i % 4 WHEN 0 THEN 'gold' WHEN 1 THEN NULL ELSE 'basic' END,
      date '2020-01-01' + i % 300, i % 5 = 0, CASE WHEN i % 9 > 5 OR i * 37 % 101 > 80 THEN 'True.' ELSE 'False.' END, (i % 9) * 2 + (i * 37 % 101) / 10.0
    FROM generate_series(1, 600) AS i`);
  return { ...lab, trainer };
}

export const s3Client = (services: LocalServices): S3Client =>
  new S3Client({
    endpoint: services.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });

/** Asks until the model is ready or has failed. */
export async function untilTrained(pool: Pool, model: string): Promise<Record<string, string>> {
  for (;;) {
    const { rows } = await pool.query(`SHOW MODEL ${model}`);
    const shown = Object.fromEntries(rows.map(({ Key, Value }) => [Key, Value]));
    if (shown['Model State'] !== 'TRAINING') return shown;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What models have in AWS: endpoints and all that, and objects in the bucket. */
export async function inAws(services: LocalServices): Promise<string[]> {
  const training = new TrainingOperations(modelOptions(services));
  const s3 = s3Client(services);
  try {
    const [resources, objects] = await Promise.all([
      training.resources('pgml-'),
      s3.send(new ListObjectsV2Command({ Bucket: bucket })),
    ]);
    return [
      ...resources.map(({ kind, name }) => `${kind} ${name}`),
      ...(objects.Contents ?? []).map(({ Key }) => `object ${Key}`),
    ];
  } finally {
    training.close();
    s3.destroy();
  }
}
