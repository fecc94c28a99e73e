import type { PipelinedConnection } from '../server/pipelined-connection.js';

export interface Failure {
  readonly error: unknown;
}

/**
 * The next statement must find the connection ready, whatever the runner did; and a statement that failed leaves nothing
 * behind and its transaction block failed, also when the failure was none of the server.
 */
export async function leaveReady(connection: PipelinedConnection, failed: boolean): Promise<Failure | undefined> {
  if (failed && (!connection.synced || connection.transactionStatus === 'T')) await connection.failTransaction();
  if (connection.synced) return undefined;
  try {
    await connection.sync();
    return undefined;
  } catch (error) {
    return failed ? undefined : { error };
  }
}
