import type pg from 'pg';
import type { Interceptor } from '../../session/interceptor.js';
import type { AwsMl } from './aws-ml.js';

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
