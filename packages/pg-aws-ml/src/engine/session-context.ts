import type { SessionFacts } from '../catalog/facts.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement } from '../server/statement.js';
import type { EngineState } from './engine-state.js';

/** One statement on its way through the engine. */
export interface StatementContext {
  readonly state: EngineState;
  readonly connection: ServerConnection;
  readonly statement: Statement;
  readonly session: SessionFacts;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
}
