import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { violation } from '../protocol/fatal-error.js';
import {
  MAX_START_UP_BYTES,
  readStartUpPacket,
  type StartUpPacket,
  TLS_HANDSHAKE,
} from '../protocol/start-up-packet.js';
import { ConnectionEnded, readExactly } from './read-exactly.js';

const ALPN = 'postgresql';
const ACCEPTED = Buffer.from('S');
const REFUSED = Buffer.from('N');

/** A client that has said what it wants, on a connection that is encrypted if it wanted that, too. */
export interface AcceptedClient {
  readonly socket: Socket;
  readonly packet: Extract<StartUpPacket, { kind: 'cancel' | 'start-up' }>;
}

/**
 * Negotiates encryption with a client and reads its StartupMessage or CancelRequest.
 *
 * @param secureContext returns certificate and key, if there are any; they may change
 * @param encrypted called with the connection to use from then on, for errors as well
 * @throws FatalError to be told to the client; ConnectionEnded if there is nobody to tell
 */
export async function acceptClient(
  socket: Socket,
  secureContext: () => SecureContext | undefined,
  encrypted: (socket: Socket) => void,
): Promise<AcceptedClient> {
  let stream = socket;
  const asked = new Set<string>();
  for (;;) {
    const first = await readExactly(stream, 1);
    const context = secureContext();
    if (first[0] === TLS_HANDSHAKE && stream === socket && asked.size === 0 && context !== undefined) {
      socket.unshift(first);
      stream = await secured(socket, context);
      encrypted(stream);
      if ((stream as TLSSocket).alpnProtocol !== ALPN) {
        throw violation('received direct SSL connection request without ALPN protocol negotiation extension');
      }
      asked.add('ssl');
      continue;
    }
    const packet = await packetAfter(first, stream);
    if (packet.kind === 'cancel' || packet.kind === 'start-up') return { socket: stream, packet };
    // Sent by somebody in between, it would be taken for what comes encrypted.
    if (stream.readableLength > 0) throw new ConnectionEnded('bytes behind a request for encryption');
    if (asked.has(packet.kind) || (packet.kind === 'gss' && stream !== socket)) {
      throw violation('unsupported frontend protocol');
    }
    asked.add(packet.kind);
    const accepts = packet.kind === 'ssl' && context !== undefined;
    stream.write(accepts ? ACCEPTED : REFUSED);
    if (accepts) {
      stream = await secured(socket, context);
      encrypted(stream);
    }
  }
}

async function packetAfter(first: Buffer, stream: Socket): Promise<StartUpPacket> {
  const head = Buffer.concat([first, await readExactly(stream, 3)]);
  const length = head.readUInt32BE();
  if (length < 8 || length > MAX_START_UP_BYTES) throw violation('invalid length of startup packet');
  return readStartUpPacket(Buffer.concat([head, await readExactly(stream, length - head.length)]));
}

function secured(socket: Socket, secureContext: SecureContext): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: [ALPN] });
    const failed = (error?: Error) => reject(new ConnectionEnded('no TLS connection', { cause: error }));
    secure.once('error', failed).once('close', failed);
    secure.once('secure', () => {
      secure.off('error', failed).off('close', failed);
      resolve(secure);
    });
  });
}
