import { s3Error } from '../../services/s3.js';
import type { RequestHead } from '../exchange.js';

const SCOPE = /^[^/]+(?:\/[^/]+)*?\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;
const CREDENTIAL = /Credential=([^,\s]+)/;
const SIGNATURE = /Signature=[0-9a-f]{64}/;
const MAX_EXPIRES_SECONDS = 7 * 24 * 3600;

/** The service that a request is signed for: by its header, or by its query. Undefined where it isn't signed. */
export function signedService({ headers, query }: RequestHead): string | undefined {
  const { authorization } = headers;
  // Signature Version 2, which boto3 still presigns with, is S3's alone.
  if (authorization?.startsWith('AWS ') || query.has('AWSAccessKeyId')) return 's3';
  const credential = query.get('X-Amz-Credential') ?? CREDENTIAL.exec(authorization ?? '')?.[1];
  return credential === undefined ? undefined : SCOPE.exec(credential)?.[3];
}

/**
 * Checks that a request is signed, by a header or as a presigned URL that has not expired. The signature itself is not
 * verified: any credentials do.
 */
export function authenticateS3({ headers, query }: RequestHead, now = Date.now()): void {
  const { authorization } = headers;
  if (authorization !== undefined) checkHeader(authorization);
  else if (query.has('X-Amz-Algorithm')) checkPresigned(query, now);
  else if (query.has('AWSAccessKeyId') && query.has('Signature')) {
    if (!(Number(query.get('Expires')) * 1000 > now)) throw s3Error('AccessDenied', {}, 'Request has expired');
  } else throw s3Error('AccessDenied');
}

function checkHeader(authorization: string): void {
  if (/^AWS [^:\s]+:\S+$/.test(authorization)) return;
  const credential = CREDENTIAL.exec(authorization)?.[1];
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ') || credential === undefined || !SIGNATURE.test(authorization)) {
    throw s3Error('AuthorizationHeaderMalformed');
  }
  if (SCOPE.exec(credential)?.[3] !== 's3') {
    const message = 'The authorization header is malformed; incorrect service. This endpoint belongs to "s3".';
    throw s3Error('AuthorizationHeaderMalformed', {}, message);
  }
}

function checkPresigned(query: URLSearchParams, now: number): void {
  const [date, expires] = [query.get('X-Amz-Date') ?? '', Number(query.get('X-Amz-Expires') ?? Number.NaN)];
  const complete = ['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature'].every((name) => query.has(name));
  const signedAt = timeOf(date);
  if (!complete || !Number.isInteger(expires) || Number.isNaN(signedAt)) {
    throw s3Error('AuthorizationQueryParametersError');
  }
  if (expires < 0 || expires > MAX_EXPIRES_SECONDS) {
    const message =
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds';
    throw s3Error('AuthorizationQueryParametersError', {}, message);
  }
  if (signedAt + expires * 1000 < now) throw s3Error('AccessDenied', {}, 'Request has expired');
}

/** Of a time in ISO 8601's basic form, as signatures have it. */
function timeOf(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hours, minutes, seconds] = parts.map(Number) as [number, ...number[]];
  return Date.UTC(year as number, (month as number) - 1, day, hours, minutes, seconds);
}
