import type pg from 'pg';
import type { StatementRunner } from '../../server/statement.js';
import type { AwsMl } from './aws-ml.js';

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
  /**
   * Called with each error of the server that is on its way to the application. True when a statement that `concerns`
   * was false for has reached an ML function nevertheless: from then on `concerns` is true for it.
   *
   * @param text the statement's, where it is known
   */
  reachedMl?(error: Readonly<Record<string, unknown>>, text: string | undefined): boolean;
}

/**
 * What the clients of one pool share: services, caches, settings. A client without a pool has its own. Made with the
 * pool, it must do no I/O before the first statement.
 */
export interface AwsMlState extends AwsMl {
  /** Called once for each physical connection, before it is connected. */
  createInterceptor(client: pg.Client): Interceptor;
  /** Called once, after the pool or the lone client has ended; the pool's end waits for it. Never rejects. */
  close(): void | Promise<void>;
}

/** Where the options of a pool carry its state to its clients. Not enumerable: other pools made of a copy have their own. */
export const sharedState = Symbol('pg-aws-ml.state');
