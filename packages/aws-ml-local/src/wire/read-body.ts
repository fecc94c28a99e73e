import type { Readable } from 'node:stream';
import type { RequestBody } from './exchange.js';

/**
 * Reads a request body to memory. Of a body longer than `cap` bytes nothing is kept, but the rest is still read off the
 * connection, so that a client that is busy sending sees the answer instead of a reset.
 */
export async function readBody(request: Readable, cap: number): Promise<RequestBody> {
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length <= cap) chunks.push(chunk as Buffer);
    else chunks = [];
  }
  return { bytes: Buffer.concat(chunks), excess: length > cap };
}

/**
 * A request body as it comes. Whoever stops reading leaves the connection open for the answer. Breaks off after `limit`
 * bytes: a fault.
 */
export async function* bodyStream(request: Readable, limit: () => number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > limit()) throw new Error('the connection breaks off');
    yield chunk as Buffer;
  }
}
