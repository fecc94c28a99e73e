import type { ServerResponse } from 'node:http';
import { constants, Http2ServerResponse } from 'node:http2';
import type { Delivery } from '../faults/fault-injector.js';
import type { WireResponse } from './exchange.js';
import type { AnyRequest, AnyResponse } from './listener.js';

/** Sends an answer, or spoils it as a fault says. */
export function deliver(
  request: AnyRequest,
  response: AnyResponse,
  { status, headers, body }: WireResponse,
  requestId: string,
  delivery: Delivery,
): void {
  if (response.destroyed || delivery === 'reset') {
    cut(request, response, constants.NGHTTP2_CANCEL);
    return;
  }
  const half = body.subarray(0, Math.floor(body.length / 2));
  const sent = delivery === 'malformed' ? half : body;
  const allHeaders = { ...headers, 'content-length': String(sent.length), 'x-amzn-requestid': requestId };
  // HTTP/2's response is made to be used as HTTP/1's; only the overloads of their types differ.
  const sink = response as ServerResponse;
  sink.writeHead(status, allHeaders);
  if (delivery === 'truncated') sink.write(half, () => cut(request, response, constants.NGHTTP2_INTERNAL_ERROR));
  else sink.end(sent);
}

/**
 * Breaks off: the connection over HTTP/1.1, the stream over HTTP/2, where others share the connection. A stream that is
 * cancelled in the middle of a body looks complete to some clients, so that a truncated one ends with an error.
 */
function cut(request: AnyRequest, response: AnyResponse, http2Code: number): void {
  if (response instanceof Http2ServerResponse) response.stream?.close(http2Code);
  else request.socket.resetAndDestroy();
}
