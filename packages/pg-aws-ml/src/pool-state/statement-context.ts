import type { SessionFacts } from '../catalog/facts.js';
import type { StatementWatch } from '../observability/pool-observer.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement } from '../server/statement.js';
import type { EngineState } from './engine-state.js';

/** One statement on its way through the engine. */
export interface StatementContext {
  readonly state: EngineState;
  readonly connection: ServerConnection;
  /** Whether the statement stands in an open transaction block: the application's, or one that was begun for it. */
  readonly inBlock: boolean;
  readonly statement: Statement;
  readonly session: SessionFacts;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
  /** When the statement was found to concern us, by `performance.now()`. */
  readonly recognisedAt: number;
  /** Is told what becomes of it, once it is known to make ML calls; undefined where nobody observes. */
  readonly watch?: StatementWatch;
}
