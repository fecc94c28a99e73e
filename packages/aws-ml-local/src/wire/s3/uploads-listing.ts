import { compareKeys } from '../../objects/key-order.js';
import { namesOf } from './listing.js';
import { checksumElement, uploadOf } from './multipart.js';
import { checksumHeaders } from './object-headers.js';
import { numberOf, type Operation, xmlResponse } from './s3-request.js';
import { element } from './xml.js';

const MAX_ENTRIES = 1000;
const INITIATOR = [element('Initiator', [element('ID', 'local')]), element('Owner', [element('ID', 'local')])];

export const listParts: Operation = async (request) => {
  const { head, bucket, key } = request;
  const upload = uploadOf(request);
  const marker = numberOf(head.query, 'part-number-marker', 0);
  const max = Math.min(numberOf(head.query, 'max-parts', MAX_ENTRIES), MAX_ENTRIES);
  const rest = [...upload.parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number);
  const parts = rest.slice(0, max);
  return xmlResponse('ListPartsResult', [
    element('Bucket', bucket),
    element('Key', namesOf(request)(key)),
    element('UploadId', upload.id),
    ...INITIATOR,
    element('StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'),
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', parts.at(-1)?.number ?? 0),
    element('MaxParts', max),
    element('IsTruncated', rest.length > parts.length),
    ...parts.map(({ number, lastModified, etag, size, headers }) =>
      element('Part', [
        element('PartNumber', number),
        element('LastModified', lastModified),
        element('ETag', etag),
        element('Size', size),
        ...Object.entries(checksumHeaders(headers)).map(([name, value]) => element(checksumElement(name), value)),
      ]),
    ),
  ]);
};

export const listMultipartUploads: Operation = async (request) => {
  const { store, head, bucket } = request;
  const name = namesOf(request);
  const prefix = head.query.get('prefix') ?? '';
  const keyMarker = head.query.get('key-marker') ?? '';
  const idMarker = head.query.get('upload-id-marker') ?? '';
  const max = Math.min(numberOf(head.query, 'max-uploads', MAX_ENTRIES), MAX_ENTRIES);
  const isAfter = (key: string, id: string) => {
    const order = compareKeys(key, keyMarker);
    return order > 0 || (order === 0 && idMarker !== '' && id > idMarker);
  };
  const rest = store
    .uploads(bucket)
    .filter(({ key, id }) => key.startsWith(prefix) && isAfter(key, id))
    .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
  const uploads = rest.slice(0, max);
  const last = rest.length > uploads.length ? uploads.at(-1) : undefined;
  return xmlResponse('ListMultipartUploadsResult', [
    element('Bucket', bucket),
    element('KeyMarker', name(keyMarker)),
    element('UploadIdMarker', idMarker),
    element('NextKeyMarker', last && name(last.key)),
    element('NextUploadIdMarker', last?.id),
    element('Prefix', name(prefix)),
    element('EncodingType', head.query.get('encoding-type') ?? undefined),
    element('MaxUploads', max),
    element('IsTruncated', last !== undefined),
    ...uploads.map(({ key, id, initiatedAt }) =>
      element('Upload', [
        element('Key', name(key)),
        element('UploadId', id),
        ...INITIATOR,
        element('StorageClass', 'STANDARD'),
        element('Initiated', initiatedAt),
      ]),
    ),
  ]);
};
