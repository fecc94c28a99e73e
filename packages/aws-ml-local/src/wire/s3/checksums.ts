import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme, crc32c } from './crc.js';

/** Takes bytes piece by piece. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  /** In base64. */
  digest(): string;
}

function hashOf(algorithm: 'md5' | 'sha1' | 'sha256', encoding: 'base64' | 'hex' = 'base64'): Hasher {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest(encoding) };
}

function crcOf(crc: (chunk: Uint8Array, value: number) => number): Hasher {
  let value = 0;
  return {
    update(chunk) {
      value = crc(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes.toString('base64');
    },
  };
}

export const md5 = () => hashOf('md5');
export const sha256Hex = () => hashOf('sha256', 'hex');

/** S3's checksums, by their names in lower case. */
export const CHECKSUMS: ReadonlyMap<string, () => Hasher> = new Map<string, () => Hasher>(
  Object.entries({
    crc32: () => crcOf(crc32),
    crc32c: () => crcOf(crc32c),
    crc64nvme: () => new Crc64Nvme(),
    sha1: () => hashOf('sha1'),
    sha256: () => hashOf('sha256'),
  }),
);

export const CHECKSUM_PREFIX = 'x-amz-checksum-';

/** The checksum that a header or a trailer holds. */
export function checksumOf(header: string): (() => Hasher) | undefined {
  return header.startsWith(CHECKSUM_PREFIX) ? CHECKSUMS.get(header.slice(CHECKSUM_PREFIX.length)) : undefined;
}
