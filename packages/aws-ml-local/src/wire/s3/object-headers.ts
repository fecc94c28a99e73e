import type { ObjectFacts, ObjectHeaders } from '../../objects/object-store.js';
import type { RequestHead } from '../exchange.js';
import { CHECKSUM_PREFIX } from './checksums.js';

/** Of HTTP, those that a request for an object may replace in its answer as well. */
export const REPRESENTATION_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const KEPT = new Set([
  ...REPRESENTATION_HEADERS,
  'x-amz-storage-class',
  'x-amz-tagging',
  'x-amz-website-redirect-location',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-customer-key-md5',
]);
const METADATA_PREFIX = 'x-amz-meta-';
const ENCRYPTION = 'x-amz-server-side-encryption';

/** What a request says about its object and S3 keeps. No key of a customer's is among it. */
export function objectHeaders({ headers }: RequestHead): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream', [ENCRYPTION]: 'AES256' };
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-encoding') {
      const encodings = value.split(',').map((encoding) => encoding.trim());
      // That one is of the transfer.
      const meant = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '').join(',');
      if (meant !== '') kept[name] = meant;
    } else if (KEPT.has(name) || name.startsWith(METADATA_PREFIX)) kept[name] = value;
  }
  if (`${ENCRYPTION}-customer-algorithm` in kept) delete kept[ENCRYPTION];
  if (kept['x-amz-storage-class'] === 'STANDARD') delete kept['x-amz-storage-class'];
  return kept;
}

/** What an answer that writes an object says of it. */
export function writtenHeaders({ etag, headers }: Pick<ObjectFacts, 'etag' | 'headers'>): Record<string, string> {
  return { etag, ...encryptionHeaders(headers), ...checksumHeaders(headers) };
}

/** What answers to GET and HEAD say of an object. */
export function readHeaders({ etag, lastModified, headers }: ObjectFacts, checksums: boolean): Record<string, string> {
  const { 'x-amz-tagging': tagging, ...others } = headers;
  const kept = Object.entries(others).filter(([name]) => !name.startsWith(CHECKSUM_PREFIX));
  const tags = new URLSearchParams(tagging ?? '').size;
  return {
    ...Object.fromEntries(kept),
    ...(tags > 0 && { 'x-amz-tagging-count': String(tags) }),
    ...(checksums && checksumHeaders(headers)),
    etag,
    'last-modified': lastModified.toUTCString(),
    'accept-ranges': 'bytes',
  };
}

/** Whether it was uploaded in parts: its ETag and checksums are then made of those of the parts. */
export const isMultipart = ({ etag }: Pick<ObjectFacts, 'etag'>): boolean => etag.includes('-');

export const encryptionHeaders = (headers: ObjectHeaders) => startingWith(headers, ENCRYPTION);
export const checksumHeaders = (headers: ObjectHeaders) => startingWith(headers, CHECKSUM_PREFIX);

function startingWith(headers: ObjectHeaders, prefix: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(prefix)));
}
