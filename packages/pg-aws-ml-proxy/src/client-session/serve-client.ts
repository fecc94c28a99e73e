import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { FatalError } from '../protocol/fatal-error.js';
import { ClientSession } from '../relay/client-session.js';
import type { FrameInterceptor } from '../relay/frame-interceptor.js';
import { Peer } from '../relay/peer.js';
import { type AcceptedClient, acceptClient } from '../start-up/accept-client.js';
import { connectToServer, serverCertificate } from '../start-up/connect-to-server.js';
import { SaslWatch } from '../start-up/sasl-mechanisms.js';
import type { ServerAddress } from '../start-up/server-address.js';

/** Makes the interceptor of a session, or none. Called at the first ReadyForQuery. */
export type Intercept = (session: ClientSession) => FrameInterceptor | undefined;

/** What all clients of a proxy share. */
export interface ClientSurroundings {
  readonly server: ServerAddress;
  readonly serverTimeoutMs: number;
  readonly maxMessageBytes: number;
  /** Certificate and key, if there are any; they may change. */
  readonly secureContext: () => SecureContext | undefined;
  /** In DER, of the same. */
  readonly certificate: () => Buffer | undefined;
  readonly intercept: Intercept | undefined;
  readonly sessions: Set<ClientSession>;
}

/** Serves a client that has just connected. What goes wrong is told to it; nothing is thrown. */
export async function serveClient(socket: Socket, surroundings: ClientSurroundings): Promise<void> {
  socket.on('error', () => {});
  let stream = socket;
  try {
    const accepted = await acceptClient(socket, surroundings.secureContext);
    stream = accepted.socket;
    stream.on('error', () => {});
    if (accepted.packet.kind === 'cancel') await passCancel(accepted, surroundings);
    else await beginSession(accepted, surroundings);
  } catch (error) {
    if (error instanceof FatalError && stream.writable) stream.end(error.frame());
    else socket.destroy();
    stream.resume();
  }
}

async function beginSession({ socket, packet }: AcceptedClient, surroundings: ClientSurroundings): Promise<void> {
  if (packet.kind !== 'start-up') return;
  const upstream = await connectToServer(surroundings.server, surroundings.serverTimeoutMs);
  upstream.write(packet.bytes);
  const { sessions, intercept, certificate, maxMessageBytes } = surroundings;
  const shown = serverCertificate(upstream);
  const session = new ClientSession({
    client: new Peer(socket),
    server: new Peer(upstream),
    startup: packet.parameters,
    protocol: packet.protocol,
    maxMessageBytes,
    authentication: new SaslWatch({
      clientEncrypted: socket instanceof TLSSocket,
      serverEncrypted: shown !== undefined,
      sameCertificate: shown !== undefined && certificate()?.equals(shown) === true,
    }),
    started: (started) => (isReplication(packet.parameters) ? undefined : intercept?.(started)),
    ended: (ended) => sessions.delete(ended),
  });
  sessions.add(session);
}

/** A connection for replication speaks another language than SQL. */
const isReplication = (parameters: ReadonlyMap<string, string>): boolean =>
  !['', 'false', 'off', 'no', '0'].includes((parameters.get('replication') ?? '').toLowerCase());

/** Passes a cancel request on; the client takes the end of its connection for "done". */
async function passCancel({ socket, packet }: AcceptedClient, surroundings: ClientSurroundings): Promise<void> {
  if (packet.kind !== 'cancel') return;
  for (const { backendKey, interceptor } of surroundings.sessions) {
    if (backendKey?.equals(packet.key)) interceptor?.onCancel?.();
  }
  const upstream = await connectToServer(surroundings.server, surroundings.serverTimeoutMs);
  upstream.on('error', () => {});
  upstream.on('close', () => socket.destroySoon());
  socket.on('close', () => upstream.destroySoon());
  upstream.resume();
  socket.resume();
  upstream.write(packet.bytes);
}
