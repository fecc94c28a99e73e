import { AsyncResource } from 'node:async_hooks';
import { rethrowOutside } from '../../observability/rethrow-outside.js';
import { databaseError } from '../../server/database-error.js';
import { PipelinedConnection } from '../../server/pipelined-connection.js';
import type { ProtocolConnection } from '../../server/protocol-connection.js';
import type { TransactionStatus } from '../../server/server-connection.js';
import type { Statement, StatementOutcome, StatementRunner } from '../../server/statement.js';
import { type Failure, leaveReady } from '../../session/leave-ready.js';
import { PortalSink } from '../../session/portal-sink.js';
import { explainMissingExtension } from '../../stubs/missing-extension.js';
import type { NativeStatement } from './native-watch.js';
import { asPgError } from './pg-error.js';
import { pgMessages } from './pg-messages.js';
import { forgetResult } from './pg-result.js';
import type { UserQuery } from './user-query.js';
import { VirtualConnection } from './virtual-connection.js';

/** What a connection knows that its statements need. */
export interface ConnectionContext {
  readonly run: StatementRunner;
  /** The status of the latest ReadyForQuery. */
  readonly transactionStatus: TransactionStatus;
  /** Texts of the prepared statements, by name: the server's own (inherited) and those that only we know. */
  readonly parsedStatements: Record<string, string>;
  /** The server runs this statement as it is, until ReadyForQuery. */
  pass(statement: NativeStatement | undefined): void;
}

/** Answers the messages of one query: runs its statement once it is complete, and ends with ReadyForQuery. */
export class StatementAnswer implements NativeStatement {
  /** What the query was submitted to. */
  virtual: VirtualConnection | undefined;
  private connection: ProtocolConnection | undefined;
  private server: PipelinedConnection | undefined;
  private readonly sink = new PortalSink(pgMessages((event, message) => this.deliver(event, message)));
  private readonly abortion = new AbortController();
  private readonly asyncScope = new AsyncResource('pg-aws-ml.statement');
  private state: 'running' | 'settled' | 'finished' | 'passing through' = 'running';
  private reported: Failure | undefined;
  /** What the query has been told of the columns by the server, before the statement ran again. */
  private described = false;

  /** @param failure how the server has ended the statement when it ran there without us */
  constructor(
    readonly query: UserQuery,
    private readonly context: ConnectionContext,
    private failure?: unknown,
  ) {}

  get text(): string | undefined {
    return this.virtual?.statement?.text;
  }

  /** The name under which the server prepares the statement; undefined while the statement is ours. */
  get nameOnServer(): string | undefined {
    return this.state === 'passing through' ? this.virtual?.statementName : undefined;
  }

  /** Submits the query to a virtual connection. */
  submit(connection: ProtocolConnection): Error | null {
    const virtual = this.virtualConnection(connection);
    let refusal: Error | null | undefined;
    try {
      refusal = this.query.submit(virtual);
    } catch (error) {
      if ((error as { code?: unknown }).code !== '0A000') throw error;
      refusal = asPgError(error) as Error;
    }
    if (refusal) return refusal;
    this.virtual = virtual;
    this.advance();
    return null;
  }

  /** Submits the query, whose statement doesn't concern us, to the connection, such that it could still run as ours. */
  submitNatively(connection: ProtocolConnection): Error | null {
    const virtual = this.virtualConnection(connection);
    this.virtual = virtual;
    this.forward();
    try {
      const refusal = this.query.submit(virtual) ?? null;
      if (refusal !== null) this.context.pass(undefined);
      return refusal;
    } catch (error) {
      this.context.pass(undefined);
      throw error;
    }
  }

  /** Called while the statement passes through: its failure is withheld. */
  stop(): void {
    const { virtual, connection } = this;
    virtual!.takeBack();
    if (!virtual!.syncRequested) connection!.sync();
  }

  /** Called after `stop`, once the server is ready. */
  runAgain(failure: unknown): void {
    this.failure = failure;
    this.state = 'running';
    this.server = undefined;
    this.advance();
  }

  /** Ends the statement as a CancelRequest does. */
  cancel(): void {
    if (this.server === undefined || this.state !== 'running') return;
    this.abort(undefined);
    this.report(databaseError('57014', 'canceling statement due to user request'));
  }

  /** The client hands over an error: our own report, a timeout or a lost connection. Returns the one to show. */
  interrupt(error: unknown): unknown {
    if (this.reported === undefined) this.abort(error);
    return asPgError(this.server?.terminationError ?? error);
  }

  /** Takes the next step that the messages sent and the results there are allow. */
  private advance(): void {
    const { virtual, sink, state } = this;
    if (virtual === undefined || state === 'finished' || state === 'passing through') return;
    if (this.server === undefined) {
      if (!virtual.answerRequested) return;
      if (virtual.statement !== undefined) this.start(virtual.statement);
      // Messages that run nothing, such as a Close after values that could not be sent.
      else this.forward();
      return;
    }
    // Sync ends a portal that is not read to its end.
    if (virtual.syncRequested && sink.suspended && !sink.completed && state === 'running') this.abort(undefined);
    if (state === 'settled' && sink.drained && this.reported === undefined) this.finish();
  }

  private virtualConnection(connection: ProtocolConnection): VirtualConnection {
    this.connection = connection;
    return new VirtualConnection(connection, this.context.parsedStatements, {
      execute: (rows) => this.sink.execute(rows),
      answerExpected: () => this.advance(),
    });
  }

  private start(statement: Statement): void {
    const { run, transactionStatus } = this.context;
    const { failure } = this;
    if (failure !== undefined && forgetResult(this.query)) this.described = false;
    const server = new PipelinedConnection(this.connection!, transactionStatus, (error) => this.abort(error));
    this.server = server;
    const running = this.asyncScope.runInAsyncScope(async () =>
      run(server, failure === undefined ? statement : { ...statement, failure }, this.sink, this.abortion.signal),
    );
    running.then(
      // It would only fail again.
      (outcome) =>
        outcome === 'pass-through' && failure !== undefined
          ? void this.settle({ error: failure })
          : void this.settle(this.defectOf(outcome), outcome),
      (error: unknown) => void this.settle({ error }),
    );
  }

  private abort(reason: unknown): void {
    this.abortion.abort(reason);
    this.sink.stop();
  }

  /** An outcome that isn't what the sink has got would be a wrong answer. */
  private defectOf(outcome: StatementOutcome): Failure | undefined {
    const { sink } = this;
    if (this.abortion.signal.aborted || (outcome === 'pass-through' ? !sink.used : sink.ended)) return undefined;
    return {
      error: new Error(`The statement was ${outcome} ${sink.used ? 'after' : 'without'} a part of its result.`),
    };
  }

  private async settle(failure: Failure | undefined, outcome?: StatementOutcome): Promise<void> {
    const failed = this.reported !== undefined || (failure !== undefined && !this.abortion.signal.aborted);
    const reason = (await leaveReady(this.server!, failed)) ?? failure;
    this.state = 'settled';
    if (this.abortion.signal.aborted) {
      this.finish();
    } else if (reason !== undefined) {
      this.sink.stop();
      const { syncRequested } = this.virtual!;
      this.report(reason.error);
      if (syncRequested) this.finish();
      // A cursor sends Sync when it hears of the error, and counts on a ReadyForQuery that takes a round trip.
      else setImmediate(() => this.finish());
    } else if (outcome === 'pass-through') {
      this.forward();
    } else {
      this.rememberName();
      this.advance();
    }
  }

  private report(raised: unknown): void {
    const error = asPgError(raised);
    explainMissingExtension(error);
    this.reported = { error };
    this.deliver('errorMessage', error);
  }

  /** Natively the name stands for the statement once it is parsed. */
  private rememberName(): void {
    const { statementName, statement } = this.virtual!;
    if (statementName === undefined || statementName in this.connection!.parsedStatements) return;
    this.context.parsedStatements[statementName] = statement!.text;
  }

  private finish(): void {
    const { virtual, server, connection } = this;
    const abandoned = this.reported !== undefined || this.abortion.signal.aborted;
    if (this.state === 'finished' || !(virtual!.syncRequested || abandoned)) return;
    this.state = 'finished';
    server!.release();
    // The client has reported the loss itself.
    if (server!.lost) return;
    const ready = { name: 'readyForQuery', length: 5, status: server!.transactionStatus };
    rethrowOutside(() => connection!.emit('readyForQuery', ready));
    virtual!.finished = true;
    rethrowOutside(() => virtual!.emit('readyForQuery', ready));
  }

  private forward(): void {
    this.state = 'passing through';
    this.server?.release();
    this.virtual!.once('rowDescription', () => {
      this.described = true;
    });
    this.context.pass(this);
    this.virtual!.forward();
  }

  private deliver(event: string, message: unknown): void {
    // A cursor takes it for the answer to its Describe, and goes on to the next step.
    if (event === 'rowDescription' && this.described) return;
    rethrowOutside(() => this.server!.emitToClient(event, message));
    rethrowOutside(() => this.virtual!.emit(event, message));
    // What was sent behind the Execute is its turn now.
    if (event === 'portalSuspended') this.advance();
  }
}
