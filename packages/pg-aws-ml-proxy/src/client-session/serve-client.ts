import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { readDiagnostics } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import { leave } from '../relay/peer.js';
import { type AcceptedClient, acceptClient } from '../start-up/accept-client.js';
import { RefusedByServer } from '../start-up/authenticate-to-server.js';
import { beginSession } from './begin-session.js';
import { passCancel } from './pass-cancel.js';
import type { Surroundings } from './surroundings.js';

/** Serves a client that has just connected. What goes wrong is told to it; nothing is thrown. */
export async function serveClient(socket: Socket, surroundings: Surroundings): Promise<void> {
  const { starting, loginTimeoutMs, secureContext } = surroundings;
  const login = new Login(socket);
  const timer = setTimeout(() => login.end(tooSlow()), loginTimeoutMs);
  starting.add(socket);
  socket.on('error', () => {}).once('close', () => clearTimeout(timer));
  try {
    const accepted = await acceptClient(socket, secureContext, (encrypted) => {
      login.socket = encrypted;
    });
    if (accepted.packet.kind === 'cancel') await passCancel(accepted.socket, accepted.packet, surroundings);
    else {
      checkAdmission(accepted, surroundings);
      const session = await beginSession(accepted.socket, accepted.packet, surroundings, () => clearTimeout(timer));
      login.end = (error) => session?.end(error instanceof FatalError ? error : undefined);
    }
  } catch (error) {
    login.end(error);
    if (error instanceof FatalError) surroundings.tally.refused.add(error.code);
    else if (error instanceof RefusedByServer) surroundings.tally.refused.add(readDiagnostics(error.frame).C);
    if (error instanceof FatalError) surroundings.log('warn', error.message, { code: error.code });
    else if (error instanceof Error && error.name !== 'ConnectionEnded') {
      surroundings.log('debug', 'a client was not let in', { reason: error.name });
    }
  } finally {
    starting.delete(socket);
  }
}

function checkAdmission({ socket }: AcceptedClient, { sessions, maxClients, requireTls }: Surroundings): void {
  if (requireTls && !(socket instanceof TLSSocket)) {
    throw new FatalError('28000', 'connections without TLS are not accepted', 'Set sslmode=require in the client.');
  }
  if (sessions.size >= maxClients) throw new FatalError('53300', 'too many clients', 'The limit is --max-clients.');
}

const tooSlow = (): FatalError => new FatalError('08006', 'the login took too long', 'The limit is --login-timeout.');

/** A connection up to its session: how it ends. */
class Login {
  socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  end = (error: unknown): void => {
    const { socket } = this;
    if (error instanceof FatalError || error instanceof RefusedByServer) {
      if (socket.writable) socket.write(error instanceof FatalError ? error.frame() : error.frame);
      leave(socket);
    } else {
      socket.destroy();
    }
  };
}
