import type { NativeRun } from 'pg-aws-ml/session';
import { writeReadyForQuery } from '../protocol/backend-messages.js';
import { backend } from '../protocol/message-types.js';
import type { ClientSession } from '../relay/client-session.js';
import { errorFrame, readServerError, readServerNotice } from './diagnostics.js';
import type { ServerTurn } from './server-turn.js';
import type { Frame } from './turn.js';

/**
 * Sends a simple query to the server as it is, in the transaction that was prepared for it, and ends what was prepared
 * before the client hears of ReadyForQuery. Copied data passes in both directions meanwhile.
 */
export async function runAroundServer(
  session: ClientSession,
  server: ServerTurn,
  run: NativeRun,
  query: Frame,
): Promise<void> {
  await new Promise<void>((resolve) => {
    server.watch = (type, frame) => {
      if (type === backend.noticeResponse) return run.takesNotice(readServerNotice(frame));
      if (type === backend.errorResponse) {
        const error = readServerError(frame);
        run.failed(error);
        void session.writeToClient(errorFrame(error));
        return true;
      }
      if (type !== backend.readyForQuery) return false;
      resolve();
      return true;
    };
    server.onLoss(resolve);
    void server.forward(query);
    // Its data comes from the client, which cannot send another query before it is answered.
    session.resumeClient();
  });
  server.watch = undefined;
  if (server.lost) {
    run.abandon?.();
    return;
  }
  session.pauseClient();
  const connection = server.own(() => {});
  try {
    await run.finish(connection);
  } catch (error) {
    if (!server.lost) void session.writeToClient(errorFrame(error));
  }
  if (!connection.synced) await connection.sync().catch(() => {});
  server.release(connection);
  if (!server.lost) void session.writeToClient(writeReadyForQuery(connection.transactionStatus));
}
