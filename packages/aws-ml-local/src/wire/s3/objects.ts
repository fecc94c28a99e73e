import type { ByteRange } from '../../objects/object-store.js';
import { noSuchBucket, noSuchKey, s3Error } from '../../services/s3.js';
import type { StreamedBody } from '../exchange.js';
import { isNotModified, precondition } from './conditions.js';
import { partNumberOf } from './multipart.js';
import { isMultipart, objectHeaders, REPRESENTATION_HEADERS, readHeaders, writtenHeaders } from './object-headers.js';
import { payload } from './payload.js';
import { byteRange } from './range.js';
import { emptyResponse, type Operation } from './s3-request.js';

export const putObject: Operation = async ({ store, head, body, bucket, key }) => {
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  const check = precondition(head.headers, key);
  check(await store.head(bucket, key));
  const headers = objectHeaders(head);
  const facts = await store.put(bucket, key, payload(head, body, headers), headers, check);
  return emptyResponse(200, writtenHeaders(facts));
};

/** GetObject and HeadObject, which differ in what is sent of the answer alone. */
export const getObject: Operation = async (request) => {
  const { store, head, bucket, key } = request;
  const object = store.snapshot(bucket, key);
  if (object === undefined) throw noSuchKey(key);
  const { facts } = object;
  if (isNotModified(head.headers, facts)) return emptyResponse(304, { etag: facts.etag });
  const number = head.query.has('partNumber') ? partNumberOf(request) : undefined;
  const range =
    number === undefined ? byteRange(head.headers.range, facts.size) : partRange(object.partSizes, number, facts.size);
  const checksums = head.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && range === undefined;
  const { first, last } = range ?? { first: 0, last: facts.size - 1 };
  const body: StreamedBody = { length: last - first + 1, chunks: () => object.read(range) };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...readHeaders(facts, checksums),
      ...overrides(head.query),
      ...(range !== undefined && { 'content-range': contentRange(range, facts.size) }),
      ...(number !== undefined && isMultipart(facts) && { 'x-amz-mp-parts-count': String(object.partSizes.length) }),
    },
    body,
  };
};

export const deleteObject: Operation = async ({ store, head, bucket, key }) => {
  await store.delete(bucket, key, precondition(head.headers, key));
  return emptyResponse(204);
};

/** The bytes of a part; undefined where there are none, of an object that is empty. */
function partRange(sizes: readonly number[], number: number, total: number): ByteRange | undefined {
  if (number > Math.max(sizes.length, 1)) {
    throw s3Error('InvalidPartNumber', { ActualPartCount: String(sizes.length), PartNumberRequested: String(number) });
  }
  if (total === 0) return undefined;
  const first = sizes.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
  return { first, last: first + (sizes[number - 1] as number) - 1 };
}

const contentRange = ({ first, last }: ByteRange, size: number) => `bytes ${first}-${last}/${size}`;

/** Headers that a request wants to have in the answer, `response-content-type` and so on. */
function overrides(query: URLSearchParams): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of REPRESENTATION_HEADERS) {
    const value = query.get(`response-${name}`);
    if (value !== null) given[name] = value;
  }
  return given;
}
