import type { ByteRange } from '../../objects/object-store.js';
import { noSuchBucket, noSuchKey } from '../../services/s3.js';
import type { StreamedBody } from '../exchange.js';
import { isNotModified, precondition } from './conditions.js';
import { objectHeaders, readHeaders, writtenHeaders } from './object-headers.js';
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
export const getObject: Operation = async ({ store, head, bucket, key }) => {
  const object = store.snapshot(bucket, key);
  if (object === undefined) throw noSuchKey(key);
  const { facts } = object;
  if (isNotModified(head.headers, facts)) return emptyResponse(304, { etag: facts.etag });
  const range = byteRange(head.headers.range, facts.size);
  const checksums = head.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && range === undefined;
  const { first, last } = range ?? { first: 0, last: facts.size - 1 };
  const body: StreamedBody = { length: last - first + 1, chunks: () => object.read(range) };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...readHeaders(facts, checksums),
      ...overrides(head.query),
      ...(range !== undefined && { 'content-range': contentRange(range, facts.size) }),
    },
    body,
  };
};

export const deleteObject: Operation = async ({ store, head, bucket, key }) => {
  await store.delete(bucket, key, precondition(head.headers, key));
  return emptyResponse(204);
};

const contentRange = ({ first, last }: ByteRange, size: number) => `bytes ${first}-${last}/${size}`;

/** Headers that a request wants to have in the answer, `response-content-type` and so on. */
function overrides(query: URLSearchParams): Record<string, string> {
  const names = [
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-type',
    'expires',
  ];
  const given: Record<string, string> = {};
  for (const name of names) {
    const value = query.get(`response-${name}`);
    if (value !== null) given[name] = value;
  }
  return given;
}
