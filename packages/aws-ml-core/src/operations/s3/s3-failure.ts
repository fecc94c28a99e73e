import { classifyFailure, type SdkError } from '../../transport/classify-failure.js';
import { safeAwsErrorCode, safeRequestId } from '../../transport/safe-names.js';
import { S3Error, type S3ErrorCode } from './s3-error.js';

/** An object, or what its key begins with. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** What was being done, and with which IAM action. */
export interface S3Attempt {
  readonly verb: 'upload to' | 'download from' | 'list' | 'delete from';
  readonly actions: string;
  readonly address: ObjectAddress;
  readonly region: string | undefined;
}

const codeByName: Readonly<Record<string, S3ErrorCode>> = {
  AbortError: 'ABORTED',
  AccessDenied: 'ACCESS_DENIED',
  AllAccessDisabled: 'ACCESS_DENIED',
  AuthorizationHeaderMalformed: 'WRONG_REGION',
  ExpiredToken: 'CREDENTIALS',
  IllegalLocationConstraintException: 'WRONG_REGION',
  InvalidAccessKeyId: 'CREDENTIALS',
  InvalidBucketName: 'INVALID_ARGUMENT',
  InvalidToken: 'CREDENTIALS',
  KeyTooLongError: 'INVALID_ARGUMENT',
  NoSuchBucket: 'BUCKET_NOT_FOUND',
  NoSuchKey: 'OBJECT_NOT_FOUND',
  NotFound: 'OBJECT_NOT_FOUND',
  PermanentRedirect: 'WRONG_REGION',
  SignatureDoesNotMatch: 'CREDENTIALS',
};

function codeOf(error: SdkError, thrown: unknown): S3ErrorCode {
  const own = codeByName[error.name ?? ''];
  if (own !== undefined) return own;
  const { httpStatusCode: status } = error.$metadata ?? {};
  if (status === 301) return 'WRONG_REGION';
  if (status === 403) return 'ACCESS_DENIED';
  switch (classifyFailure(thrown).code) {
    case 'ABORTED':
      return 'ABORTED';
    case 'ACCESS_DENIED':
      return 'ACCESS_DENIED';
    case 'CONFIGURATION':
      return 'CONFIGURATION';
    case 'CREDENTIALS':
      return 'CREDENTIALS';
    case 'NETWORK':
    case 'TIMEOUT':
      return 'NETWORK';
    case 'SERVICE_UNAVAILABLE':
    case 'THROTTLED':
      return 'SERVICE_UNAVAILABLE';
    default:
      return 'SERVICE_ERROR';
  }
}

/** Turns whatever the SDK threw into an S3Error, without its message. */
export function s3Failure(thrown: unknown, attempt: S3Attempt): S3Error {
  if (thrown instanceof S3Error) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as SdkError;
  const code = codeOf(error, thrown);
  return new S3Error({
    code,
    message: messageOf(code, attempt),
    detail: detailOf(code, error, attempt),
    hint: hintOf(code, error, attempt),
  });
}

function messageOf(code: S3ErrorCode, { verb, address }: S3Attempt): string {
  const bucket = named('bucket', address.bucket);
  switch (code) {
    case 'ABORTED':
      return 'canceling the transfer';
    case 'BUCKET_NOT_FOUND':
      return `the ${bucket} does not exist`;
    case 'OBJECT_NOT_FOUND':
      return `the ${named('object', address.key)} does not exist in the ${bucket}`;
    case 'INVALID_ARGUMENT':
      return `S3 accepts no ${bucket} or ${named('object', address.key)}`;
    default:
      return `could not ${verb} Amazon S3`;
  }
}

function detailOf(code: S3ErrorCode, error: SdkError, { address, region }: S3Attempt): string | undefined {
  if (code === 'ABORTED') return undefined;
  // In Aurora's words, by which applications may know it.
  if (code === 'NETWORK') return "Amazon S3 client returned 'Unable to connect to endpoint'.";
  const facts = [
    ...(code === 'CONFIGURATION' ? [] : [safeAwsErrorCode(error)].flatMap((name) => (name ? `AWS error ${name}` : []))),
    ...(error.$metadata?.httpStatusCode === undefined ? [] : [`HTTP status ${error.$metadata.httpStatusCode}`]),
    ...[safeRequestId(error.$metadata?.requestId)].flatMap((id) => (id ? `request id ${id}` : [])),
    ...(region === undefined ? [] : [`region ${region}`]),
    named('bucket', address.bucket),
  ];
  return `${facts.join(', ')}.`;
}

function hintOf(code: S3ErrorCode, error: SdkError, { actions, region }: S3Attempt): string | undefined {
  switch (code) {
    case 'ACCESS_DENIED':
      return `Allow ${actions} on the bucket and its objects for the AWS identity in use; for a bucket with a KMS key, the use of the key.`;
    case 'BUCKET_NOT_FOUND':
      return 'Check the name of the bucket: no URL, no ARN, no path.';
    case 'OBJECT_NOT_FOUND':
      return 'Check file_path: it is the whole key, without the bucket and without a slash at its beginning.';
    case 'CONFIGURATION':
      return 'Give the region in the call, set AWS_REGION or the option region, and check the option endpoints.s3.';
    case 'CREDENTIALS':
      return 'Check the AWS credentials: environment variables, profile, the role of this machine, or those in the call.';
    case 'NETWORK':
      return `Check the region${region === undefined ? '' : ` (${region})`}, the option endpoints.s3, and the network: DNS, proxy, firewall.`;
    case 'SERVICE_UNAVAILABLE':
      return 'Try again later.';
    case 'WRONG_REGION': {
      const right = regionOf(error);
      return right === undefined
        ? 'The bucket is in another region: give it in the call.'
        : `The bucket is in the region ${right}: give it in the call.`;
    }
    default:
      return undefined;
  }
}

/** S3 says in its answer where the bucket is. */
function regionOf(error: SdkError): string | undefined {
  const { headers = {} } = (error.$response ?? {}) as { headers?: Readonly<Record<string, string>> };
  const region = headers['x-amz-bucket-region'] ?? (error as { Region?: unknown }).Region;
  return typeof region === 'string' && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? region : undefined;
}

/** What may hold something else than a name is left out. */
export function named(kind: 'bucket' | 'object', name: string): string {
  return /^[\w!.*'()/=+@:-]{1,200}$/.test(name) ? `${kind} "${name}"` : kind;
}
