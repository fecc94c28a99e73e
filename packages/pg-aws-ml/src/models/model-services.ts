import type { S3 } from 'aws-ml-core/s3';
import { TrainingError, type TrainingOperations } from 'aws-ml-core/training';
import { type DatabaseError, databaseError } from '../server/database-error.js';

/** What models need of AWS. */
export interface ModelServices {
  readonly training: TrainingOperations;
  readonly objects: S3;
}

interface AwsFailure {
  readonly sqlState: string;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** Whether the same may succeed later. */
  readonly retryable: boolean;
}

/** Of an S3Error: its module is loaded with the client alone. */
const transient: ReadonlySet<unknown> = new Set(['NETWORK', 'SERVICE_UNAVAILABLE']);

const sqlStates: Readonly<Record<TrainingError['kind'], string>> = {
  denied: '42501',
  invalid: '22023',
  limit: '53400',
  'not installed': '0A000',
  throttled: '58000',
  unavailable: '58000',
  other: '58000',
};

/** What a failure of AWS means; undefined for other errors. */
export function awsFailure(error: unknown): AwsFailure | undefined {
  if (error instanceof TrainingError) {
    const { detail, hint } = error.fields;
    return { sqlState: sqlStates[error.kind], message: error.message, detail, hint, retryable: error.retryable };
  }
  if (!(error instanceof Error) || error.name !== 'S3Error') return undefined;
  const { sqlState, message, detail, hint, code } = error as unknown as Omit<AwsFailure, 'retryable'> & {
    code: string;
  };
  return { sqlState, message, detail, hint, retryable: transient.has(code) };
}

export const isBucketMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'S3Error' && (error as { code?: unknown }).code === 'BUCKET_NOT_FOUND';

/** The error that the application gets. */
export function asDatabaseError(error: unknown): unknown {
  const failure = awsFailure(error);
  if (failure === undefined) return error;
  const { sqlState, message, detail, hint } = failure;
  return withFields(sqlState, message, { detail, hint });
}

const withFields = (
  code: string,
  message: string,
  { detail, hint }: { readonly detail: string | undefined; readonly hint: string | undefined },
): DatabaseError =>
  databaseError(code, message, {
    ...(detail !== undefined && { detail }),
    ...(hint !== undefined && { hint }),
  });

/** What a model says of why it has failed. */
export const reasonOf = ({ message, detail }: AwsFailure): string =>
  detail === undefined ? message : `${message}: ${detail}`;

/** Bucket and key of `s3://bucket/key`. */
export function objectAt(uri: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}
