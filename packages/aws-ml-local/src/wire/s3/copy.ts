import type { ObjectSnapshot } from '../../objects/local-object-store.js';
import type { ByteRange, ObjectHeaders } from '../../objects/object-store.js';
import { MAX_PUT_BYTES, noSuchBucket, noSuchKey, s3Error } from '../../services/s3.js';
import { CHECKSUM_PREFIX } from './checksums.js';
import { isNotModified, precondition } from './conditions.js';
import { partNumberOf, uploadOf } from './multipart.js';
import { encryptionHeaders, isMultipart, objectHeaders } from './object-headers.js';
import { byteRange } from './range.js';
import { decode, type Operation, type S3Request, xmlResponse } from './s3-request.js';
import { element } from './xml.js';

export const copyObject: Operation = async (request) => {
  const { store, head, bucket, key } = request;
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  const source = sourceOf(request);
  checkSize(source.facts.size);
  const replaces = head.headers['x-amz-metadata-directive']?.toUpperCase() === 'REPLACE';
  const given = objectHeaders(head);
  const isItself = source.facts.bucket === bucket && source.facts.key === key;
  const changes = replaces || 'x-amz-storage-class' in given || 'x-amz-server-side-encryption' in head.headers;
  if (isItself && !changes) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
    throw s3Error('InvalidRequest', {}, message);
  }
  const headers = replaces
    ? { ...given, ...sameBytes(source) }
    : { ...kept(source), ...encryptionHeaders(given), ...sameBytes(source) };
  const facts = await store.put(bucket, key, source.read(), headers, precondition(head.headers, key));
  const content = [element('ETag', facts.etag), element('LastModified', facts.lastModified)];
  return xmlResponse('CopyObjectResult', content, encryptionHeaders(facts.headers));
};

export const uploadPartCopy: Operation = async (request) => {
  const { store, head, bucket } = request;
  const upload = uploadOf(request);
  const number = partNumberOf(request);
  const source = sourceOf(request);
  const range = copyRange(head.headers['x-amz-copy-source-range'], source.facts.size);
  checkSize(range === undefined ? source.facts.size : range.last - range.first + 1);
  const part = await store.putPart(bucket, upload, number, source.read(range), {});
  const content = [element('ETag', part.etag), element('LastModified', part.lastModified)];
  return xmlResponse('CopyPartResult', content, encryptionHeaders(upload.headers));
};

/** @throws AwsError NoSuchBucket, NoSuchKey, PreconditionFailed, InvalidArgument */
function sourceOf({ store, head }: S3Request): ObjectSnapshot {
  const [path = ''] = (head.headers['x-amz-copy-source'] ?? '').split('?', 1);
  const name = decode(path).replace(/^\//, '');
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1) {
    const message = 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey';
    throw s3Error('InvalidArgument', { ArgumentName: 'x-amz-copy-source', ArgumentValue: path }, message);
  }
  const [bucket, key] = [name.slice(0, slash), name.slice(slash + 1)];
  const source = store.snapshot(bucket, key);
  if (source === undefined) throw noSuchKey(key);
  if (isNotModified(head.headers, source.facts, 'x-amz-copy-source-')) {
    throw s3Error('PreconditionFailed', { Condition: 'x-amz-copy-source-If-None-Match' });
  }
  return source;
}

function checkSize(size: number): void {
  if (size <= MAX_PUT_BYTES) return;
  const message = `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`;
  throw s3Error('InvalidRequest', {}, message);
}

/** What a copy takes over: not how its source is encrypted and checked. */
function kept({ facts }: ObjectSnapshot): ObjectHeaders {
  const headers = Object.entries(facts.headers);
  return Object.fromEntries(headers.filter(([name]) => !/^x-amz-(?:checksum|server-side)-/.test(name)));
}

/** Checksums of the source that hold for its copy. */
function sameBytes({ facts }: ObjectSnapshot): ObjectHeaders {
  if (isMultipart(facts)) return {};
  return Object.fromEntries(Object.entries(facts.headers).filter(([name]) => name.startsWith(CHECKSUM_PREFIX)));
}

/** Other than a range of GetObject's it has to have both ends, and be all there. */
function copyRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const range = /^bytes=\d+-\d+$/.test(header) ? byteRange(header, size) : undefined;
  if (range === undefined || Number(header.slice(header.indexOf('-') + 1)) >= size) {
    const members = { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header };
    throw s3Error('InvalidArgument', members, `Range specified is not valid for source object of size: ${size}`);
  }
  return range;
}
