import { databaseError } from '../../server/database-error.js';
import type { ProtocolConnection, ServerMessage } from '../../server/protocol-connection.js';
import type { NativeStatement } from './native-watch.js';
import { asPgError } from './pg-error.js';
import { type ConnectionContext, StatementAnswer } from './statement-answer.js';
import type { UserQuery } from './user-query.js';

/** A query of pg's own class, which pg has submitted to the connection itself, without us. */
export class PlainStatement implements NativeStatement {
  private answer: StatementAnswer | undefined;
  private interrupted = false;
  private cancelled = false;

  constructor(
    readonly query: UserQuery,
    private readonly connection: ProtocolConnection,
    private readonly context: ConnectionContext,
    private readonly onStop: (statement: PlainStatement) => void,
  ) {}

  /** What stands in the client's queue. */
  get queued(): UserQuery {
    return this.query;
  }

  get text(): string | undefined {
    const { text, name } = this.query;
    return typeof text === 'string' ? text : this.context.parsedStatements[name ?? ''];
  }

  /** The query has sent its Sync with everything else. What ends it from here on, such as a timeout, must reach us. */
  stop(): void {
    const { query } = this;
    const { handleError } = query;
    const value: UserQuery['handleError'] = (error, connection) => {
      this.interrupted = true;
      handleError.call(query, this.answer?.interrupt(error) ?? error, connection);
    };
    Object.defineProperty(query, 'handleError', { configurable: true, enumerable: false, writable: true, value });
    this.onStop(this);
  }

  runAgain(failure: ServerMessage): void {
    const { query, connection, context } = this;
    let end: unknown = this.interrupted ? failure : undefined;
    if (this.cancelled) end = databaseError('57014', 'canceling statement due to user request');
    if (end === undefined) {
      this.answer = new StatementAnswer(query, context, failure);
      end = this.answer.submit(connection);
    }
    if (!end) return;
    connection.emit('errorMessage', asPgError(end));
    connection.emit('readyForQuery', { name: 'readyForQuery', length: 5, status: 'I' });
  }

  /** Ends the statement as a CancelRequest does. */
  cancel(): void {
    this.cancelled = true;
    this.answer?.cancel();
  }
}
