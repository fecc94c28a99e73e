import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from './aws-chunked.js';

async function decoded(text: string, size: number, trailers: Record<string, string> = {}): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeAwsChunked(pieces(), trailers)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

const signature = `;chunk-signature=${'a'.repeat(64)}`;
const signed = `3${signature}\r\na\r\n\r\nA${signature}\r\n0123456789\r\n0${signature}\r\n\r\n`;
const trailing = '4\r\nwxyz\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\nX-Amz-Trailer-Signature: abc\r\n\r\n';

describe('aws-chunked', () => {
  it.each([1, 2, 3, 7, 64, 1000])('is decoded in pieces of %i bytes', async (size) => {
    expect(await decoded(signed, size)).toBe('a\r\n0123456789');
    const trailers = {};
    expect(await decoded(trailing, size, trailers)).toBe('wxyz');
    expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAA==', 'x-amz-trailer-signature': 'abc' });
  });

  it('may end without an empty line, and hold nothing', async () => {
    expect(await decoded('0\r\n', 100)).toBe('');
    expect(await decoded('0\r\n\r\n', 100)).toBe('');
  });

  it.each([
    ['ends in a chunk', '5\r\nab'],
    ['ends in a length', '5'],
    ['ends between chunks', '2\r\nab\r\n'],
    ['has a chunk that is longer than it says', '1\r\nab\r\n0\r\n\r\n'],
    ['has no length', '\r\n0\r\n'],
    ['has a length that is none', 'xyz\r\n0\r\n'],
    ['has a negative length', '-1\r\n0\r\n'],
    ['has a trailer without a colon', '0\r\nabc\r\n\r\n'],
    ['is a line without an end', 'a'.repeat(100_000)],
  ])('is refused where it %s', async (_, text) => {
    await expect(decoded(text, 10)).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});
