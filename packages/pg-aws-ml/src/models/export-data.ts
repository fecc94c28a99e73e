import type { S3 } from 'aws-ml-core/s3';
import type { ServerConnection } from '../server/server-connection.js';
import { isAutopilot, type Model, objectPrefix, type TrainingSpec } from './model-spec.js';
import { exportQuery } from './training-data.js';

export const inputPrefix = (model: Model): string => `${objectPrefix(model)}input/`;

/** The URI of the training data, and that below which the model is written. */
export const inputUri = (model: Model, { bucket }: TrainingSpec): string => `s3://${bucket}/${inputPrefix(model)}`;
export const outputUri = (model: Model, { bucket }: TrainingSpec): string =>
  `s3://${bucket}/${objectPrefix(model)}output`;

/** How values become text, in training data and in what endpoints are asked alike. */
const SETTINGS = [
  "DateStyle = 'ISO, YMD'",
  'extra_float_digits = 1',
  "client_encoding = 'UTF8'",
  'standard_conforming_strings = on',
];

/**
 * Copies the training data to S3, in the search path of the statement. Within a transaction.
 * May be repeated: the object is replaced.
 */
export async function exportData(
  connection: ServerConnection,
  objects: S3,
  model: Model,
  signal?: AbortSignal,
): Promise<void> {
  const training = model.spec.training as TrainingSpec;
  const set = [`SET LOCAL search_path = ${training.search}`, ...SETTINGS.map((setting) => `SET LOCAL ${setting}`)];
  for (const sql of set) await connection.run(sql);
  const upload = objects.upload(
    { bucket: training.bucket, key: `${inputPrefix(model)}data.csv` },
    { signal, kmsKey: training.kmsKeyId, contentType: 'text/csv' },
  );
  const header = isAutopilot(model.spec) ? ', HEADER true' : '';
  try {
    const copy = `COPY (${exportQuery(model.spec, training)}) TO STDOUT (FORMAT csv${header})`;
    const tag = await connection.copyOut(copy, (data) => upload.write(data));
    if (upload.bytes === 0) throw new Error(`none of the rows arrived: ${tag}`);
    await upload.end();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
