import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { writeAuthentication } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import type { StartUpPacket } from '../protocol/start-up-packet.js';
import { ClientSession } from '../relay/client-session.js';
import { Peer } from '../relay/peer.js';
import { authenticateClient } from '../start-up/authenticate-client.js';
import { authenticateToServer } from '../start-up/authenticate-to-server.js';
import { connectToServer, serverCertificate } from '../start-up/connect-to-server.js';
import { SaslWatch } from '../start-up/sasl-mechanisms.js';
import type { Surroundings } from './surroundings.js';

const AUTHENTICATION_OK = 0;
const ADMIN_SHUTDOWN = '57P01';

/**
 * Connects to the server for a client that has sent its StartupMessage, which goes on as it is.
 *
 * @param ready called at the first ReadyForQuery
 * @returns undefined where the client has gone meanwhile
 */
export async function beginSession(
  socket: Socket,
  packet: Extract<StartUpPacket, { kind: 'start-up' }>,
  surroundings: Surroundings,
  ready: () => void,
): Promise<ClientSession | undefined> {
  const { sessions, intercept, log, certificate } = surroundings;
  const upstream = await loggedIn(socket, packet, surroundings);
  if (socket.destroyed) {
    upstream.destroy();
    return undefined;
  }
  const shown = serverCertificate(upstream);
  const session = new ClientSession({
    client: new Peer(socket),
    server: new Peer(upstream),
    startup: packet.parameters,
    protocol: packet.protocol,
    maxMessageBytes: surroundings.maxMessageBytes,
    tally: surroundings.tally,
    authentication: new SaslWatch({
      clientEncrypted: socket instanceof TLSSocket,
      serverEncrypted: shown !== undefined,
      sameCertificate: shown !== undefined && certificate()?.equals(shown) === true,
    }),
    started: (started) => {
      ready();
      return isReplication(packet.parameters) ? undefined : intercept?.(started);
    },
    ended: (ended, reason) => {
      sessions.delete(ended);
      const code = reason instanceof FatalError ? reason.code : undefined;
      const expected = reason === undefined || code === ADMIN_SHUTDOWN;
      if (!expected) log('warn', 'a session was ended', { code, reason: reason.message });
    },
  });
  sessions.add(session);
  return session;
}

/** A connection to the server on which the StartupMessage has gone, and authentication, if it doesn't pass, is done. */
async function loggedIn(
  client: Socket,
  { bytes, parameters }: Extract<StartUpPacket, { kind: 'start-up' }>,
  { server, serverTimeoutMs, credentials }: Surroundings,
): Promise<Socket> {
  const user = parameters.get('user') ?? '';
  const credential = credentials && (await authenticateClient(client, user, credentials));
  const upstream = await connectToServer(server, serverTimeoutMs);
  upstream.on('error', () => {});
  upstream.write(bytes);
  if (credential === undefined) return upstream;
  try {
    await authenticateToServer(upstream, user, credential, (frame) => client.write(frame));
  } catch (error) {
    upstream.destroy();
    throw error;
  }
  client.write(writeAuthentication(AUTHENTICATION_OK));
  return upstream;
}

/** A connection for replication speaks another language than SQL. */
const isReplication = (parameters: ReadonlyMap<string, string>): boolean =>
  !['', 'false', 'off', 'no', '0'].includes((parameters.get('replication') ?? '').toLowerCase());
