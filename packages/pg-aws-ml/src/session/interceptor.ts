import type { ServerConnection } from '../server/server-connection.js';
import type { Statement, StatementRunner } from '../server/statement.js';
import type { Preparation } from './prepare-statement.js';

/** Decides for one connection which statements are ours, and runs them. */
export interface Interceptor {
  /**
   * Whether a statement may hold ML calls, or anything else that plain PostgreSQL would answer differently. Asked for
   * every statement before it is queued, so it must be quick; when in doubt, true.
   */
  concerns(text: string): boolean;
  /**
   * Whether `concerns` is true for want of knowledge alone: the statement may as well run on the server first, where it
   * can run again should it reach an ML function.
   */
  isUnsure?(text: string): boolean;
  /** Called when it is the statement's turn on its connection. It gets what `concerns` was true for, and prepared statements by name. */
  readonly run: StatementRunner;
  /** Whether the server may be unable to parse and describe a statement that `concerns` us before `prepare` has seen it. */
  mustPrepare?(text: string): boolean;
  /** Makes what the server needs to parse a statement that `concerns` us. Rejects where it could not parse it anyway. */
  prepare?(connection: ServerConnection, statement: Statement, signal: AbortSignal): Promise<Preparation>;
  /**
   * Called with each error of the server that is on its way to the application. True when a statement that `concerns`
   * was false for has reached an ML function nevertheless: from then on `concerns` is true for it.
   *
   * @param text the statement's, where it is known
   */
  reachedMl?(error: Readonly<Record<string, unknown>>, text: string | undefined): boolean;
  /**
   * Called as `reachedMl`. True when a statement that the server refuses may have a meaning here: where nobody has seen
   * anything of its answer it may run again, as ours, and fails with the same error if it has none.
   */
  maySayMore?(error: Readonly<Record<string, unknown>>, text: string | undefined): boolean;
}
