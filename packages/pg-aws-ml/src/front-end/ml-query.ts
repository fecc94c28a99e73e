import { AsyncResource } from 'node:async_hooks';
import { databaseError } from '../server/database-error.js';
import { PgServerConnection } from '../server/pg-server-connection.js';
import type { ProtocolConnection, ServerMessage } from '../server/protocol-connection.js';
import type { TransactionStatus } from '../server/server-connection.js';
import type { Statement, StatementRunner } from '../server/statement.js';
import { repeatAnswer } from './pass-through.js';
import { PortalSink } from './portal-sink.js';
import type { UserQuery } from './user-query.js';
import { VirtualConnection } from './virtual-connection.js';

/** What a connection knows that its statements need. */
export interface ConnectionContext {
  readonly run: StatementRunner;
  /** The status of the latest ReadyForQuery. */
  readonly transactionStatus: TransactionStatus;
  /** Texts of the prepared statements, by name: the server's own (inherited) and those that only we know. */
  readonly parsedStatements: Record<string, string>;
}

/**
 * The submittable that stands in a pg `Client`'s queue for a statement that is ours.
 *
 * It submits the application's own query (pg's `Query`, a cursor, a stream) to a virtual connection and answers it with
 * the runner's results, through the client and in the shape of protocol messages: row modes, type parsers, results,
 * events, callbacks and errors are all pg's own work. The client sees one statement: its answer, then ReadyForQuery.
 */
export class MlQuery {
  private readonly abortion = new AbortController();
  private readonly asyncScope = new AsyncResource('pg-aws-ml.statement');
  private connection: ProtocolConnection | undefined;
  private virtual: VirtualConnection | undefined;
  private server: PgServerConnection | undefined;
  private sink: PortalSink | undefined;
  private passThrough = false;
  private settled = false;
  private finished = false;
  private reported: unknown;

  /**
   * @param text what `query` runs, for instrumentation that reads it
   * @param queryTimeout milliseconds, from the query's configuration: the client reads it here
   */
  constructor(
    private readonly query: UserQuery,
    readonly text: string,
    readonly query_timeout: number | undefined,
    private readonly context: ConnectionContext,
  ) {}

  /** The client keeps books on the server's prepared statements by this; ours are not among them. */
  get name(): string | undefined {
    return this.passThrough ? this.virtual?.statementName : undefined;
  }

  get callback(): UserQuery['callback'] {
    return this.query.callback;
  }

  set callback(callback: UserQuery['callback']) {
    this.query.callback = callback;
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
    this.connection = connection;
    const sink = new PortalSink((event, message) => this.deliver(event, message));
    this.sink = sink;
    const virtual = new VirtualConnection(connection, this.context.parsedStatements, {
      execute: (rows) => sink.execute(rows),
      answerExpected: () => this.advance(),
    });
    let refusal: Error | null | undefined;
    try {
      refusal = this.query.submit(virtual);
    } catch (error) {
      if ((error as { code?: unknown }).code !== '0A000') throw error;
      refusal = error as Error;
    }
    if (refusal) return refusal;
    this.virtual = virtual;
    this.advance();
    return null;
  }

  /** Ends the statement as a CancelRequest does. */
  cancel(): void {
    if (this.server === undefined || this.settled) return;
    this.abort(undefined);
    this.report(databaseError('57014', 'canceling statement due to user request'));
  }

  handleError(error: unknown, connection: ProtocolConnection): void {
    // Not our report: a timeout or a lost connection. Nobody waits for the rest.
    if (this.reported === undefined) this.abort(error);
    this.query.handleError(this.server?.terminationError ?? error, this.virtual ?? connection);
  }

  handleRowDescription(message: ServerMessage): void {
    this.query.handleRowDescription?.(message);
  }

  handleDataRow(message: ServerMessage): void {
    this.query.handleDataRow?.(message);
  }

  handlePortalSuspended(): void {
    this.query.handlePortalSuspended?.(this.virtual!);
  }

  handleEmptyQuery(): void {
    this.query.handleEmptyQuery?.(this.virtual!);
  }

  handleCommandComplete(message: ServerMessage): void {
    this.query.handleCommandComplete?.(message, this.virtual!);
  }

  handleReadyForQuery(): void {
    this.query.handleReadyForQuery?.(this.virtual!);
  }

  handleCopyInResponse(): void {
    this.query.handleCopyInResponse?.(this.virtual!);
  }

  handleCopyData(message: ServerMessage): void {
    this.query.handleCopyData?.(message, this.virtual!);
  }

  /** Takes the next step that the messages sent and the results there are allow. */
  private advance(): void {
    const { virtual, sink } = this;
    if (virtual === undefined || sink === undefined || this.finished || this.passThrough) return;
    if (this.server === undefined) {
      if (!virtual.answerRequested) return;
      if (virtual.statement !== undefined) this.start(virtual.statement, sink);
      // Messages that run nothing, such as a Close after values that could not be sent.
      else this.forward();
      return;
    }
    // Sync ends a portal that is not read to its end.
    if (virtual.syncRequested && sink.suspended && !sink.completed && !this.settled) this.abort(undefined);
    if (this.settled && sink.drained && this.reported === undefined) this.finish();
  }

  private start(statement: Statement, sink: PortalSink): void {
    const { run, transactionStatus } = this.context;
    const server = new PgServerConnection(this.connection!, transactionStatus, (error) => this.abort(error));
    this.server = server;
    const running = this.asyncScope.runInAsyncScope(async () => run(server, statement, sink, this.abortion.signal));
    running.then(
      (outcome) => {
        if (outcome === 'pass-through' && !sink.used && !this.abortion.signal.aborted) this.forward();
        else void this.settle(undefined);
      },
      (error: unknown) => void this.settle({ error }),
    );
  }

  private abort(reason: unknown): void {
    this.abortion.abort(reason);
    this.sink?.stop();
  }

  private async settle(failure: { readonly error: unknown } | undefined): Promise<void> {
    const failed = this.reported !== undefined || (failure !== undefined && !this.abortion.signal.aborted);
    const outcome = (await this.leaveReady(failed)) ?? failure;
    this.settled = true;
    if (this.abortion.signal.aborted) {
      this.finish();
    } else if (outcome !== undefined) {
      this.sink!.stop();
      const { syncRequested } = this.virtual!;
      this.report(outcome.error);
      if (syncRequested) this.finish();
      // A cursor sends Sync when it hears of the error, and counts on a ReadyForQuery that takes a round trip.
      else setImmediate(() => this.finish());
    } else {
      this.rememberName();
      this.advance();
    }
  }

  /**
   * The next statement must find the connection ready, whatever the runner did; and a statement that failed leaves
   * nothing behind and its transaction block failed, also when the failure was none of the server.
   */
  private async leaveReady(failed: boolean): Promise<{ readonly error: unknown } | undefined> {
    const server = this.server!;
    if (failed && (!server.synced || server.transactionStatus === 'T')) await server.failTransaction();
    if (server.synced) return undefined;
    try {
      await server.sync();
      return undefined;
    } catch (error) {
      return failed ? undefined : { error };
    }
  }

  private report(error: unknown): void {
    this.reported = error;
    this.deliver('errorMessage', error);
  }

  /** Natively the name stands for the statement once it is parsed. */
  private rememberName(): void {
    const { statementName, statement } = this.virtual!;
    if (statementName !== undefined) this.context.parsedStatements[statementName] = statement!.text;
  }

  private finish(): void {
    const { virtual, server, connection } = this;
    const abandoned = this.reported !== undefined || this.abortion.signal.aborted;
    if (this.finished || !(virtual!.syncRequested || abandoned)) return;
    this.finished = true;
    server!.release();
    // The client has reported the loss itself.
    if (server!.lost) return;
    const ready = { name: 'readyForQuery', length: 5, status: server!.transactionStatus };
    rethrowOutside(() => connection!.emit('readyForQuery', ready));
    virtual!.finished = true;
    rethrowOutside(() => virtual!.emit('readyForQuery', ready));
  }

  private forward(): void {
    this.passThrough = true;
    this.server?.release();
    this.finished = true;
    repeatAnswer(this.connection!, this.virtual!);
    this.virtual!.forward();
  }

  private deliver(event: string, message: unknown): void {
    rethrowOutside(() => this.server!.emitToClient(event, message));
    rethrowOutside(() => this.virtual!.emit(event, message));
  }
}

/** What the application's handlers throw is an uncaught exception, as it is in pg, and no failure of the statement. */
function rethrowOutside(handle: () => void): void {
  try {
    handle();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
