import { describe, expect, it } from 'vitest';
import { CHECKSUMS } from './checksums.js';

/** What the sums of the nine digits are, by the catalogue of CRCs. */
const CHECK = { crc32: 'cbf43926', crc32c: 'e3069283', crc64nvme: 'ae8b14860a799888' };

describe('checksums', () => {
  it.each(Object.entries(CHECK))('%s, however the bytes are cut', (name, expected) => {
    for (let cut = 0; cut <= 9; cut += 1) {
      const hasher = CHECKSUMS.get(name)?.();
      hasher?.update(Buffer.from('123456789'.slice(0, cut)));
      hasher?.update(Buffer.from('123456789'.slice(cut)));
      expect(Buffer.from(hasher?.digest() ?? '', 'base64').toString('hex')).toBe(expected);
    }
  });
});
