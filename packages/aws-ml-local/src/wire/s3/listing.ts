import type { PageItem } from '../../objects/list-page.js';
import { noSuchBucket, noSuchKey, s3Error } from '../../services/s3.js';
import { numberOf, type Operation, type S3Request, xmlResponse } from './s3-request.js';
import { element, type XmlText } from './xml.js';

const MAX_KEYS = 1000;

export const listObjectsV2: Operation = async (request) => {
  const { query } = request.head;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? undefined;
  const { items, last, truncated, common } = await listed(request, token === null ? startAfter : keyOf(token));
  return xmlResponse('ListBucketResult', [
    ...common,
    element('KeyCount', items.length),
    element('ContinuationToken', token ?? undefined),
    element('NextContinuationToken', truncated ? tokenOf(last) : undefined),
    element('StartAfter', startAfter === undefined ? undefined : namesOf(request)(startAfter)),
    ...items.map((item) => itemElement(request, item, query.get('fetch-owner') === 'true')),
  ]);
};

export const listObjects: Operation = async (request) => {
  const { query } = request.head;
  const name = namesOf(request);
  const marker = query.get('marker') ?? '';
  const { items, last, truncated, common } = await listed(request, marker);
  return xmlResponse('ListBucketResult', [
    ...common,
    element('Marker', name(marker)),
    element('NextMarker', truncated && query.get('delimiter') ? name(last) : undefined),
    ...items.map((item) => itemElement(request, item, true)),
  ]);
};

/** How names are written: by `encoding-type=url`, for those that XML has no notation for. */
export function namesOf({ head }: S3Request): (name: string) => string {
  const encoding = head.query.get('encoding-type');
  if (encoding === null) return (name) => name;
  if (encoding !== 'url') {
    const members = { ArgumentName: 'encoding-type', ArgumentValue: encoding };
    throw s3Error('InvalidArgument', members, 'Invalid Encoding Method specified in Request');
  }
  return (name) => encodeURIComponent(name).replaceAll('%2F', '/');
}

/** A page, and the elements that both listings begin with. */
async function listed(request: S3Request, after = '') {
  const { store, head, bucket } = request;
  if (!(await store.hasBucket(bucket))) throw noSuchBucket(bucket);
  const name = namesOf(request);
  const prefix = head.query.get('prefix') ?? '';
  const delimiter = head.query.get('delimiter') ?? '';
  const asked = numberOf(head.query, 'max-keys', MAX_KEYS);
  const { items, truncated } = store.page(bucket, { prefix, delimiter, after, max: Math.min(asked, MAX_KEYS) });
  const common = [
    element('Name', bucket),
    element('Prefix', name(prefix)),
    element('Delimiter', delimiter === '' ? undefined : name(delimiter)),
    element('MaxKeys', Math.min(asked, MAX_KEYS)),
    element('EncodingType', head.query.get('encoding-type') ?? undefined),
    element('IsTruncated', truncated),
  ];
  const last = items.at(-1);
  return { items, truncated, common, last: last === undefined ? '' : nameIn(last) };
}

const nameIn = (item: PageItem): string => ('key' in item ? item.key : item.commonPrefix);

function itemElement(request: S3Request, item: PageItem, withOwner: boolean): XmlText {
  const name = namesOf(request);
  if ('commonPrefix' in item) return element('CommonPrefixes', [element('Prefix', name(item.commonPrefix))]);
  const object = request.store.snapshot(request.bucket, item.key);
  if (object === undefined) throw noSuchKey(item.key);
  const { lastModified, etag, size, headers } = object.facts;
  return element('Contents', [
    element('Key', name(item.key)),
    element('LastModified', lastModified),
    element('ETag', etag),
    element('Size', size),
    element('StorageClass', headers['x-amz-storage-class'] ?? 'STANDARD'),
    element('Owner', withOwner ? [element('ID', 'local')] : undefined),
  ]);
}

const tokenOf = (key: string): string => Buffer.from(key).toString('base64url');

function keyOf(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (token !== '' && tokenOf(key) === token) return key;
  throw s3Error(
    'InvalidArgument',
    { ArgumentName: 'continuation-token', ArgumentValue: token },
    'The continuation token provided is incorrect',
  );
}
