import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0');

/**
 * Serves HTTP/1.1 and HTTP/2 with prior knowledge on one port, as AWS's load balancers do on theirs by ALPN: the first
 * bytes of a connection tell which one it speaks.
 */
export async function listen(
  host: string,
  port: number,
  handle: (request: AnyRequest, response: AnyResponse) => void,
): Promise<Listener> {
  // Bodies may be of any size, and so take any time.
  const http1 = createHttp1({ keepAliveTimeout: 60_000, requestTimeout: 0 }, handle);
  const http2 = createHttp2(handle);
  // A client that goes away is no event for the server.
  http2.on('sessionError', () => {});
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      const head = first.subarray(0, HTTP2_PREFACE.length);
      const speaksHttp2 = head.equals(HTTP2_PREFACE.subarray(0, head.length));
      (speaksHttp2 ? http2 : http1).emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    host: address.address,
    port: address.port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        for (const socket of sockets) socket.destroy();
      }),
  };
}
