import type { ProtocolConnection, ServerMessage } from '../../server/protocol-connection.js';
import { NativeAnswer } from './native-answer.js';
import { copiesFromClient, copiesQuery } from './query-config.js';
import { type ConnectionContext, StatementAnswer } from './statement-answer.js';
import type { UserQuery } from './user-query.js';

/**
 * The submittable that stands in a pg `Client`'s queue for a statement that is ours.
 *
 * It submits the application's own query (pg's `Query`, a cursor, a stream) to a virtual connection and answers it with
 * the runner's results, through the client and in the shape of protocol messages: row modes, type parsers, results,
 * events, callbacks and errors are all pg's own work. The client sees one statement: its answer, then ReadyForQuery.
 */
export class MlQuery {
  /** An own property: instrumentation looks for it in a copy of the query. */
  declare callback: UserQuery['callback'];
  private readonly answer: StatementAnswer | NativeAnswer;
  private submitted = false;

  /**
   * @param text what `query` runs, for instrumentation that reads it
   * @param query_timeout milliseconds, from the query's configuration: the client reads it here
   * @param natively whether the statement goes to the server as it is; asked when it is its turn
   */
  constructor(
    private readonly query: UserQuery,
    readonly text: string,
    readonly query_timeout: number | undefined,
    context: ConnectionContext,
    private readonly natively: () => boolean = () => false,
  ) {
    const needsConnection = copiesQuery(text) || copiesFromClient(text);
    this.answer = needsConnection ? new NativeAnswer(query, text, context) : new StatementAnswer(query, context);
    Object.defineProperty(this, 'callback', {
      enumerable: true,
      get: () => query.callback,
      set: (callback: UserQuery['callback']) => {
        query.callback = callback;
      },
    });
  }

  /**
   * The name that instrumentation sees. Once submitted: the one by which the client keeps books on the server's prepared
   * statements; ours are not among them. Never undefined: tracers that annotate the text of nameless statements put a
   * copy in their place, which could not be submitted.
   */
  get name(): string | null {
    return (this.submitted ? this.answer.nameOnServer : this.query.name) ?? null;
  }

  /** What stands in the client's queue. */
  get queued(): this {
    return this;
  }

  get binary(): boolean | undefined {
    return this.query.binary;
  }

  set binary(binary: boolean | undefined) {
    this.query.binary = binary;
  }

  get _result(): unknown {
    return this.query._result;
  }

  submit(connection: ProtocolConnection): Error | null {
    this.submitted = true;
    const { answer, natively } = this;
    return answer instanceof StatementAnswer && natively()
      ? answer.submitNatively(connection)
      : answer.submit(connection);
  }

  /** Ends the statement as a CancelRequest does. */
  cancel(): void {
    this.answer.cancel();
  }

  handleError(error: unknown, connection: ProtocolConnection): void {
    this.query.handleError(this.answer.interrupt(error), this.answer.virtual ?? connection);
  }

  handleRowDescription(message: ServerMessage): void {
    this.query.handleRowDescription?.(message);
  }

  handleDataRow(message: ServerMessage): void {
    this.query.handleDataRow?.(message);
  }

  handlePortalSuspended(connection: ProtocolConnection): void {
    this.query.handlePortalSuspended?.(this.answer.virtual ?? connection);
  }

  handleEmptyQuery(connection: ProtocolConnection): void {
    this.query.handleEmptyQuery?.(this.answer.virtual ?? connection);
  }

  handleCommandComplete(message: ServerMessage, connection: ProtocolConnection): void {
    this.query.handleCommandComplete?.(message, this.answer.virtual ?? connection);
  }

  handleReadyForQuery(connection: ProtocolConnection): void {
    this.query.handleReadyForQuery?.(this.answer.virtual ?? connection);
  }

  handleCopyInResponse(connection: ProtocolConnection): void {
    this.query.handleCopyInResponse?.(this.answer.virtual ?? connection);
  }

  handleCopyData(message: ServerMessage, connection: ProtocolConnection): void {
    this.query.handleCopyData?.(message, this.answer.virtual ?? connection);
  }
}
