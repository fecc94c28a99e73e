import { MAX_PUT_BYTES, MAX_XML_BYTES, s3Error } from '../../services/s3.js';
import type { RequestHead } from '../exchange.js';
import { decodeAwsChunked } from './aws-chunked.js';
import { CHECKSUM_PREFIX, checksumOf, type Hasher, md5, sha256Hex } from './checksums.js';

/** What a request's body must come to. */
interface Expectation {
  readonly hasher: Hasher;
  /** Undefined until the body has ended. */
  expected(): string | undefined;
  readonly failure: () => Error;
}

/**
 * The bytes of a request, out of their transfer encoding. Throws at the end where their length, digest or checksums
 * aren't what the request says. Checksums that are right are added to `verified`, by header.
 */
export async function* payload(
  { headers }: RequestHead,
  body: AsyncIterable<Uint8Array>,
  verified: Record<string, string> = {},
): AsyncGenerator<Uint8Array> {
  const trailers: Record<string, string> = {};
  const chunked = isAwsChunked(headers);
  const size = bodySize(headers);
  const expectations = expectationsOf(headers, trailers, verified);
  let length = 0;
  for await (const chunk of chunked ? decodeAwsChunked(body, trailers) : body) {
    length += chunk.length;
    for (const { hasher } of expectations) hasher.update(chunk);
    yield chunk;
  }
  if (length !== size) throw s3Error('IncompleteBody');
  for (const { hasher, expected, failure } of expectations) {
    if (hasher.digest() !== expected()) throw failure();
  }
}

/** A request body in XML, as text. */
export async function xmlPayload(head: RequestHead, body: AsyncIterable<Uint8Array>): Promise<string> {
  if (Number(head.headers['content-length'] ?? 0) > MAX_XML_BYTES) throw s3Error('MalformedXML');
  const chunks: Uint8Array[] = [];
  for await (const chunk of payload(head, body)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw s3Error('MalformedXML');
  }
}

type Headers = RequestHead['headers'];

function isAwsChunked(headers: Headers): boolean {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  return encodings.includes('aws-chunked') || (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
}

/** Of the bytes that are meant, in bytes. */
function bodySize(headers: Headers): number {
  const text = isAwsChunked(headers) ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (text === undefined && headers['transfer-encoding'] === undefined && !isAwsChunked(headers)) return 0;
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw s3Error('MissingContentLength');
  const size = Number(text);
  if (size > MAX_PUT_BYTES) {
    throw s3Error('EntityTooLarge', { ProposedSize: text, MaxSizeAllowed: String(MAX_PUT_BYTES) });
  }
  return size;
}

function expectationsOf(
  headers: Headers,
  trailers: Readonly<Record<string, string>>,
  verified: Record<string, string>,
): Expectation[] {
  const expectations: Expectation[] = [];
  const digest = headers['content-md5'];
  if (digest !== undefined) {
    if (!/^[A-Za-z0-9+/]{22}==$/.test(digest)) throw s3Error('InvalidDigest');
    const failure = () => s3Error('BadDigest', {}, 'The Content-MD5 you specified did not match what we received.');
    expectations.push({ hasher: md5(), expected: () => digest, failure });
  }
  const hash = headers['x-amz-content-sha256'] ?? '';
  if (/^[0-9a-f]{64}$/i.test(hash)) {
    const failure = () => s3Error('XAmzContentSHA256Mismatch');
    expectations.push({ hasher: sha256Hex(), expected: () => hash.toLowerCase(), failure });
  }
  const announced = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  for (const name of new Set([...Object.keys(headers), ...announced])) {
    const create = checksumOf(name);
    if (create === undefined) continue;
    expectations.push(checksumExpectation(name, create(), headers[name], trailers, verified));
  }
  return expectations;
}

function checksumExpectation(
  name: string,
  hasher: Hasher,
  header: string | undefined,
  trailers: Readonly<Record<string, string>>,
  verified: Record<string, string>,
): Expectation {
  const algorithm = name.slice(CHECKSUM_PREFIX.length).toUpperCase();
  const failure = () =>
    s3Error('BadDigest', {}, `The ${algorithm} you specified did not match the calculated checksum.`);
  const expected = () => {
    const value = header ?? trailers[name];
    if (value !== undefined) verified[name] = value;
    return value;
  };
  return { hasher, expected, failure };
}
