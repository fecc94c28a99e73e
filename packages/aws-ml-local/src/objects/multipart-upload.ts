import { createHash } from 'node:crypto';
import type { ObjectHeaders } from './object-store.js';
import type { StoredBytes } from './storage.js';

export interface UploadedPart {
  readonly number: number;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** Checksums that have been verified, by header. */
  readonly headers: ObjectHeaders;
  readonly bytes: StoredBytes;
}

/** Parts that have come of an object that is uploaded in parts. */
export interface MultipartUpload {
  readonly id: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly initiatedAt: Date;
  readonly parts: Map<number, UploadedPart>;
}

/** The MD5 of the parts' MD5s, and their number: S3's ETag of an object that was uploaded in parts. */
export function multipartEtag(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag.slice(1, -1), 'hex'));
  return `"${hash.digest('hex')}-${parts.length}"`;
}
