import { AwsError } from '../services/aws-error.js';
import type { RequestBody, RequestHead } from './exchange.js';

/** AWS JSON 1.1: POST /, the operation in X-Amz-Target, the error's code in `__type`. */
export const AWS_JSON = 'application/x-amz-json-1.1';

export const isAwsJsonOf = (prefix: string, { method, path, headers }: RequestHead): boolean =>
  method === 'POST' && path === '/' && (headers['x-amz-target'] ?? '').startsWith(prefix);

/** The name behind the service's prefix. */
export const awsJsonOperation = (prefix: string, { headers }: RequestHead): string =>
  (headers['x-amz-target'] ?? '').slice(prefix.length);

export function awsJsonBody({ headers }: RequestHead, { bytes, excess }: RequestBody): unknown {
  if (excess) throw new AwsError('RequestEntityTooLargeException', 413, 'Request body is too large');
  if (!(headers['content-type'] ?? '').startsWith(AWS_JSON)) {
    throw new AwsError('UnknownOperationException', 404, '');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's message would quote the text.
    throw new AwsError('SerializationException', 400, '');
  }
}
