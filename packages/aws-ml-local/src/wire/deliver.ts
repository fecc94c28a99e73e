import type { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Delivery } from '../faults/fault-injector.js';
import type { StreamedBody, WireResponse } from './exchange.js';
import type { AnyRequest, AnyResponse } from './listener.js';

/** Sends an answer, or spoils it as a fault says. Done once all of it is handed over. */
export async function deliver(
  request: AnyRequest,
  response: AnyResponse,
  { status, headers, body }: WireResponse,
  delivery: Delivery,
): Promise<void> {
  if (response.destroyed || delivery === 'reset') {
    cut(request, response, constants.NGHTTP2_CANCEL);
    return;
  }
  const half = Math.floor(body.length / 2);
  const length = delivery === 'malformed' ? half : body.length;
  const bodiless = status === 204 || status === 304;
  // HTTP/2's response is made to be used as HTTP/1's; only the overloads of their types differ.
  const sink = response as ServerResponse;
  sink.writeHead(status, bodiless ? headers : { ...headers, 'content-length': String(length) });
  if (bodiless || request.method === 'HEAD') {
    sink.end();
    return;
  }
  const sent = delivery === 'truncated' ? half : length;
  if (Buffer.isBuffer(body)) {
    if (delivery !== 'truncated') sink.end(body.subarray(0, sent));
    else sink.write(body.subarray(0, sent), () => cut(request, response, constants.NGHTTP2_INTERNAL_ERROR));
    return;
  }
  try {
    await pipeline(Readable.from(upTo(sent, body), { objectMode: true }), sink, { end: delivery !== 'truncated' });
  } catch {
    // The client has gone, or the bytes can't be read: it must not take what it has for all of them.
    cut(request, response, constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  if (delivery === 'truncated') cut(request, response, constants.NGHTTP2_INTERNAL_ERROR);
}

async function* upTo(length: number, body: StreamedBody): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const chunk of body.chunks()) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

/**
 * Breaks off: the connection over HTTP/1.1, the stream over HTTP/2, where others share the connection. A stream that is
 * cancelled in the middle of a body looks complete to some clients, so that a truncated one ends with an error.
 */
function cut(request: AnyRequest, response: AnyResponse, http2Code: number): void {
  if (response instanceof Http2ServerResponse) response.stream?.close(http2Code);
  else request.socket.resetAndDestroy();
}
