import type { LocalObjectStore } from '../../objects/local-object-store.js';
import { isBucketName, MAX_KEY_BYTES, s3Error } from '../../services/s3.js';
import type { RequestHead, WireResponse } from '../exchange.js';
import { type XmlText, xmlDocument } from './xml.js';

/** What a request is about. */
export interface Address {
  /** '' where it is about none. */
  readonly bucket: string;
  readonly key: string;
}

/** A request of S3's on its way to an answer. */
export interface S3Request extends Address {
  readonly head: RequestHead;
  readonly body: AsyncIterable<Uint8Array>;
  readonly store: LocalObjectStore;
  /** That all buckets are in. */
  readonly region: string;
}

export type Operation = (request: S3Request) => Promise<WireResponse>;

/**
 * The bucket and the key of a request: `/bucket/key`, or `/key` of the host `bucket.localhost`.
 *
 * @throws AwsError InvalidURI, KeyTooLongError
 */
export function addressOf({ path, headers }: RequestHead): Address {
  const host = (headers.host ?? headers[':authority'] ?? '').replace(/:\d+$/, '');
  const virtual = host.endsWith('.localhost') ? host.slice(0, -'.localhost'.length) : undefined;
  const full = virtual === undefined ? path : `/${virtual}${path}`;
  const slash = full.indexOf('/', 1);
  const [bucket, key] = slash < 0 ? [full.slice(1), ''] : [full.slice(1, slash), full.slice(slash + 1)];
  const address = { bucket: decode(bucket), key: decode(key) };
  checkKey(address.key);
  return address;
}

/** @throws AwsError KeyTooLongError */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw s3Error('KeyTooLongError', { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
}

/** @throws AwsError InvalidBucketName */
export function checkBucketName(bucket: string): void {
  if (!isBucketName(bucket)) throw s3Error('InvalidBucketName', { BucketName: bucket });
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error('InvalidURI');
  }
}

/** An argument of a query that is a whole number. */
export function numberOf(query: URLSearchParams, name: string, fallback: number, max = 2 ** 31 - 1): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (!/^\d{1,10}$/.test(text) || Number(text) > max) {
    const message = `Argument ${name} must be an integer between 0 and ${max}`;
    throw s3Error('InvalidArgument', { ArgumentName: name, ArgumentValue: text }, message);
  }
  return Number(text);
}

const NOTHING = Buffer.alloc(0);

export function emptyResponse(status: number, headers: WireResponse['headers'] = {}): WireResponse {
  return { status, headers, body: NOTHING };
}

export function xmlResponse(name: string, content: readonly XmlText[] | string, headers = {}): WireResponse {
  const body = Buffer.from(xmlDocument(name, content));
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}
