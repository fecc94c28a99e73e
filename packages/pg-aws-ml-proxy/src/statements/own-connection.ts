import type { Socket } from 'node:net';
import { type Connect, PipelinedConnection } from 'pg-aws-ml/session';
import { FatalError } from '../protocol/fatal-error.js';
import { terminateMessage } from '../protocol/frontend-messages.js';
import { backend } from '../protocol/message-types.js';
import { writeStartUp } from '../protocol/start-up-packet.js';
import { FrameWalker, treatment } from '../relay/frame-walker.js';
import { authenticateToServer } from '../start-up/authenticate-to-server.js';
import { connectToServer } from '../start-up/connect-to-server.js';
import { readFrame } from '../start-up/read-exactly.js';
import type { ServerAddress } from '../start-up/server-address.js';
import { readServerError } from './diagnostics.js';
import { WireConnection } from './wire-connection.js';

/** No message of a server's before its first ReadyForQuery is longer. */
const MAX_START_UP_MESSAGE = 1024 * 1024;

/** Opens connections of the proxy's own, which belong to no client. */
export function connectOwn(server: ServerAddress, timeoutMs: number, database: string): Connect | undefined {
  const { user, password = '' } = server;
  if (user === undefined) return undefined;
  return async (onLoss) => {
    const socket = await connectToServer(server, timeoutMs);
    try {
      await logIn(socket, user, password, database);
    } catch (error) {
      socket.on('error', () => {}).destroy();
      throw error;
    }
    return opened(socket, onLoss);
  };
}

async function logIn(socket: Socket, user: string, password: string, database: string): Promise<void> {
  socket.write(writeStartUp({ user, database, client_encoding: 'UTF8', application_name: 'pg-aws-ml' }));
  await authenticateToServer(socket, user, { password }, () => {});
  for (;;) {
    const { type, frame } = await readFrame(socket, MAX_START_UP_MESSAGE);
    if (type === backend.readyForQuery) return;
    if (type === backend.errorResponse) throw readServerError(frame);
  }
}

function opened(socket: Socket, onLoss: () => void) {
  const wire = new WireConnection({
    write: (frames) => {
      socket.write(frames);
      return undefined;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.destroySoon(),
  });
  // What comes unasked, a notice or a setting, is for nobody.
  const walker = new FrameWalker({
    treat: () => treatment.whole,
    take: (type, frame) => wire.take(type, frame) || true,
    forward: () => {},
  });
  let over = false;
  const lose = () => {
    if (over) return;
    over = true;
    wire.lose(new FatalError('08006', 'the connection to the server was lost'));
    onLoss();
  };
  socket.on('data', (chunk) => walker.push(chunk));
  socket.resume();
  socket.on('error', lose).on('end', lose).on('close', lose);
  return {
    connection: new PipelinedConnection(wire, 'I', onLoss),
    setReferenced: (referenced: boolean) => void (referenced ? socket.ref() : socket.unref()),
    destroy: () => void socket.destroy(),
    async end() {
      over = true;
      socket.ref();
      if (socket.closed) return;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end(terminateMessage);
      socket.resume();
      await closed;
    },
  };
}
