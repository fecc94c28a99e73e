import type { S3, S3Error } from 'aws-ml-core/s3';
import type { StatementContext } from '../pool-state/statement-context.js';
import { RunGuard } from '../replay/run-guard.js';
import { exportQuery } from '../s3/export-query.js';
import { importObject } from '../s3/import-object.js';
import { databaseError } from '../server/database-error.js';
import type { TransferCall } from './transfer-call.js';

/**
 * Makes one transfer, in the open transaction.
 *
 * @returns the values that the call answers
 * @throws S3Error, or an error of the server's
 */
export async function transfer(context: StatementContext, call: TransferCall): Promise<readonly string[]> {
  return call.function === 'aws_s3.query_export_to_s3' ? exported(context, call) : imported(context, call);
}

async function exported(context: StatementContext, call: TransferCall): Promise<readonly string[]> {
  const { connection, state, signal } = context;
  const [query = null, bucket = null, key = null, region = null, options = null, kmsKey = null] = call.arguments;
  if (query === null) throw nullArgument('query');
  const address = { bucket: bucketName(bucket), key: objectKey(key) };
  const s3 = (await state.transfers.s3()).inRegion(regionName(region));
  const { fileBytes, gzip = false } = state.transfers.options;
  const guard = new RunGuard(context);
  try {
    const { rows, files, bytes } = await exportQuery(
      connection,
      s3,
      {
        ...address,
        query,
        options: options ?? '',
        ...(kmsKey !== null && kmsKey !== '' && { kmsKey }),
        fileBytes,
        gzip: gzip && address.key.endsWith('.gz'),
        signal,
      },
      { parse: (text) => state.statements.parse(text), onFailure: () => guard.stop() },
    );
    return [rows, files, bytes].map(String);
  } finally {
    await guard.end();
  }
}

async function imported(context: StatementContext, call: TransferCall): Promise<readonly string[]> {
  const { connection, state, signal } = context;
  const [table = null, columns = null, options = null, bucket = null, key = null, region = null] = call.arguments;
  if (table === null) throw nullArgument('table_name');
  const address = { bucket: bucketName(bucket), key: objectKey(key) };
  const own = withKeys(await state.transfers.s3(), call.secrets, regionName(region));
  const s3 = own ?? (await state.transfers.s3()).inRegion(regionName(region));
  try {
    const { rows, bytes } = await importObject(
      connection,
      s3,
      { ...address, table, columns: columns ?? '', options: options ?? '', signal },
      (text) => state.statements.parse(text),
    );
    return [`${rows} rows imported into relation "${table}" from file ${address.key} of ${bytes} bytes`];
  } finally {
    own?.close();
  }
}

/** S3 with the credentials of a call; undefined where it has none. */
function withKeys(s3: S3, secrets: TransferCall['secrets'], region: string | undefined): S3 | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = secrets.map((secret) => secret ?? '');
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (!accessKeyId || !secretAccessKey) throw nullArgument(accessKeyId ? 'secret_key' : 'access_key');
  return s3.withCredentials({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }, region);
}

function bucketName(bucket: string | null): string {
  if (bucket === null || bucket === '') throw nullArgument('bucket');
  if (bucket.startsWith('arn:')) throw invalid('bucket is an ARN', 'Give the name of the bucket alone.');
  if (/^(s3|https?):\/\//i.test(bucket)) throw invalid('bucket is a URL', 'Give bucket, file_path and region apart.');
  if (bucket.includes('/'))
    throw invalid('bucket holds a slash', 'What comes behind the bucket belongs into file_path.');
  return bucket;
}

function objectKey(key: string | null): string {
  if (key === null || key === '') throw nullArgument('file_path');
  return key;
}

function regionName(region: string | null): string | undefined {
  if (region === null || region === '') return undefined;
  const [, name, zone] = /^([a-z]{2}(?:-[a-z]+)+-\d)([a-z]?)$/.exec(region) ?? [];
  if (name === undefined) throw invalid('region is not the name of an AWS region', 'Such as us-east-1.');
  if (zone !== '') throw invalid('region is an availability zone', `The region is ${name}.`);
  return name;
}

const invalid = (message: string, hint: string) => databaseError('22023', message, { hint });

const nullArgument = (name: string) => databaseError('22004', `${name} must not be null or empty`);

/** What the server is to raise for a failure of S3's. */
export function asMessage(error: S3Error) {
  const { sqlState: code, message, detail, hint } = error;
  return { code, message, ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) };
}
