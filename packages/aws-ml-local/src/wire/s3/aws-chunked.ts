import { s3Error } from '../../services/s3.js';

const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes `aws-chunked`: chunks that each begin with a line `<length in hex>[;chunk-signature=…]`, a last one of length
 * 0, and trailers, which are added to `trailers` by their names in lower case. Signatures are not verified.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  const input = new Input(source);
  try {
    for (;;) {
      const [digits = ''] = (await input.line()).split(';', 1);
      if (!/^[0-9a-f]{1,12}$/i.test(digits)) throw incomplete();
      const length = Number.parseInt(digits, 16);
      if (length === 0) break;
      yield* input.bytes(length);
      if ((await input.line()) !== '') throw incomplete();
    }
    for (;;) {
      const line = await input.line({ mayEnd: true });
      if (line === '') break;
      const colon = line.indexOf(':');
      if (colon < 0) throw incomplete();
      trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    await input.drain();
  } finally {
    await input.close();
  }
}

const incomplete = () => s3Error('IncompleteBody', {}, 'The request body terminated unexpectedly');

/** Lines and lengths of bytes, of chunks that are cut anywhere. */
class Input {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** The next line, without its end. */
  async line({ mayEnd = false } = {}): Promise<string> {
    let searched = 0;
    for (;;) {
      const end = this.rest.indexOf('\r\n', searched);
      if (end >= 0) {
        const line = this.rest.toString('latin1', 0, end);
        this.rest = this.rest.subarray(end + 2);
        return line;
      }
      searched = Math.max(this.rest.length - 1, 0);
      if (this.rest.length > MAX_LINE_BYTES) throw incomplete();
      const more = await this.next();
      if (more === undefined) {
        if (mayEnd && this.rest.length === 0) return '';
        throw incomplete();
      }
      this.rest = this.rest.length === 0 ? more : Buffer.concat([this.rest, more]);
    }
  }

  async *bytes(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0) {
      if (this.rest.length === 0) {
        const more = await this.next();
        if (more === undefined) throw incomplete();
        this.rest = more;
      }
      const taken = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(taken.length);
      left -= taken.length;
      if (taken.length > 0) yield taken;
    }
  }

  /** Reads what nobody wants, up to the end. */
  async drain(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }

  private async next(): Promise<Buffer | undefined> {
    const { value, done } = await this.iterator.next();
    return done ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
