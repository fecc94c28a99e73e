import type { UploadedPart } from '../../objects/multipart-upload.js';
import { MAX_PARTS, MIN_PART_BYTES, s3Error } from '../../services/s3.js';
import { CHECKSUM_PREFIX, CHECKSUMS } from './checksums.js';
import { precondition } from './conditions.js';
import { checksumHeaders, encryptionHeaders, objectHeaders, writtenHeaders } from './object-headers.js';
import { payload, xmlPayload } from './payload.js';
import { childText, readXml, type XmlElement } from './read-xml.js';
import { emptyResponse, numberOf, type Operation, type S3Request, xmlResponse } from './s3-request.js';
import { element } from './xml.js';

/** Of the request that creates an upload; kept with it under names that no object has. */
const ALGORITHM = 'x-amz-checksum-algorithm';
const TYPE = 'x-amz-checksum-type';

export const createMultipartUpload: Operation = async ({ store, head, bucket, key }) => {
  const algorithm = head.headers[ALGORITHM]?.toUpperCase();
  const asked = {
    ...(algorithm !== undefined && {
      [ALGORITHM]: algorithm,
      [TYPE]: head.headers[TYPE]?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE'),
    }),
  };
  const upload = store.createUpload(bucket, key, { ...objectHeaders(head), ...asked });
  const content = [element('Bucket', bucket), element('Key', key), element('UploadId', upload.id)];
  return xmlResponse('InitiateMultipartUploadResult', content, { ...encryptionHeaders(upload.headers), ...asked });
};

export const uploadPart: Operation = async (request) => {
  const { store, head, body, bucket } = request;
  const number = partNumberOf(request);
  const upload = uploadOf(request);
  const checksums = {};
  const part = await store.putPart(bucket, upload, number, payload(head, body, checksums), checksums);
  return emptyResponse(200, { ...writtenHeaders(part), ...encryptionHeaders(upload.headers) });
};

export const completeMultipartUpload: Operation = async (request) => {
  const { store, head, body, bucket, key } = request;
  const wanted = partsOf(readXml(await xmlPayload(head, body)));
  const done = store.completedUpload(bucket, key, uploadIdOf(request));
  let facts = done;
  if (facts === undefined) {
    const upload = uploadOf(request);
    const parts = chosenParts(wanted, upload.parts);
    const { [ALGORITHM]: algorithm, [TYPE]: type, ...headers } = upload.headers;
    const checksums = type === 'COMPOSITE' ? compositeChecksum(algorithm?.toLowerCase() ?? '', parts) : {};
    facts = await store.completeUpload(
      bucket,
      upload,
      parts,
      { ...headers, ...checksums },
      precondition(head.headers, key),
    );
  }
  const checksums = Object.entries(checksumHeaders(facts.headers)).map(([name, value]) =>
    element(checksumElement(name), value),
  );
  return xmlResponse(
    'CompleteMultipartUploadResult',
    [
      element('Location', `http://${head.headers.host ?? 'localhost'}/${bucket}/${encodeURIComponent(key)}`),
      element('Bucket', bucket),
      element('Key', key),
      element('ETag', facts.etag),
      ...checksums,
    ],
    encryptionHeaders(facts.headers),
  );
};

export const abortMultipartUpload: Operation = async (request) => {
  await request.store.abortUpload(request.bucket, uploadOf(request));
  return emptyResponse(204);
};

const uploadIdOf = ({ head }: S3Request): string => head.query.get('uploadId') ?? '';

export const uploadOf = (request: S3Request) => request.store.upload(request.bucket, request.key, uploadIdOf(request));

/** @throws AwsError InvalidArgument */
export function partNumberOf({ head }: S3Request): number {
  const number = numberOf(head.query, 'partNumber', 0);
  if (number >= 1 && number <= MAX_PARTS) return number;
  const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
  throw s3Error('InvalidArgument', { ArgumentName: 'partNumber', ArgumentValue: String(number) }, message);
}

interface WantedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: Readonly<Record<string, string>>;
}

function partsOf(document: XmlElement): WantedPart[] {
  const parts = document.children.filter(({ name }) => name === 'Part');
  if (document.name !== 'CompleteMultipartUpload' || parts.length === 0) throw s3Error('MalformedXML');
  return parts.map((part) => {
    const [number, etag] = [Number(childText(part, 'PartNumber')), childText(part, 'ETag')];
    if (!Number.isInteger(number) || etag === undefined) throw s3Error('MalformedXML');
    const checksums: Record<string, string> = {};
    for (const algorithm of CHECKSUMS.keys()) {
      const header = CHECKSUM_PREFIX + algorithm;
      const value = childText(part, checksumElement(header));
      if (value !== undefined) checksums[header] = value;
    }
    return { number, etag: etag.trim().replaceAll('"', ''), checksums };
  });
}

/** `x-amz-checksum-crc32` is ChecksumCRC32 in XML. */
export function checksumElement(header: string): string {
  return `Checksum${header.slice(CHECKSUM_PREFIX.length).toUpperCase()}`;
}

function chosenParts(wanted: readonly WantedPart[], uploaded: ReadonlyMap<number, UploadedPart>): UploadedPart[] {
  let before = 0;
  const parts = wanted.map(({ number, etag, checksums }) => {
    if (number <= before) throw s3Error('InvalidPartOrder');
    before = number;
    const part = uploaded.get(number);
    const differs = Object.entries(checksums).some(([name, value]) => (part?.headers[name] ?? value) !== value);
    if (part === undefined || part.etag !== `"${etag}"` || differs) {
      throw s3Error('InvalidPart', { PartNumber: String(number), ETag: etag });
    }
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size >= MIN_PART_BYTES) continue;
    throw s3Error('EntityTooSmall', {
      ProposedSize: String(part.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(part.number),
      ETag: part.etag,
    });
  }
  return parts;
}

/** The checksum of the parts' checksums, and their number. */
function compositeChecksum(algorithm: string, parts: readonly UploadedPart[]): Record<string, string> {
  const header = CHECKSUM_PREFIX + algorithm;
  const hasher = CHECKSUMS.get(algorithm)?.();
  const values = parts.flatMap(({ headers }) => headers[header] ?? []);
  if (hasher === undefined || values.length < parts.length) return {};
  for (const value of values) hasher.update(Buffer.from(value, 'base64'));
  return { [header]: `${hasher.digest()}-${parts.length}` };
}
