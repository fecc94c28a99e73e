import { AsyncResource } from 'node:async_hooks';
import { ConnectionTap } from '../../server/connection-tap.js';
import { databaseError, featureNotSupported } from '../../server/database-error.js';
import { PipelinedConnection } from '../../server/pipelined-connection.js';
import type { ProtocolConnection, ServerMessage } from '../../server/protocol-connection.js';
import type { ServerNotice, TransactionStatus } from '../../server/server-connection.js';
import type { NativeRun, ResultSink } from '../../server/statement.js';
import { asPgError } from './pg-error.js';
import type { ConnectionContext } from './statement-answer.js';
import type { UserQuery } from './user-query.js';

/**
 * Answers a query that needs the connection itself, such as a COPY stream: prepares what its statement needs, submits
 * it to the connection, and ends what was prepared before the client hears of ReadyForQuery.
 */
export class NativeAnswer {
  /** The query is never submitted to anything but the connection. */
  readonly virtual = undefined;
  private connection: ProtocolConnection | undefined;
  private server: PipelinedConnection | undefined;
  private preparing = true;
  private reported = false;
  private readonly abortion = new AbortController();
  private readonly asyncScope = new AsyncResource('pg-aws-ml.native-statement');

  constructor(
    private readonly query: UserQuery,
    private readonly text: string,
    private readonly context: ConnectionContext,
  ) {}

  /** The name under which the server prepares the statement. */
  get nameOnServer(): string | undefined {
    return this.preparing ? undefined : this.query.name;
  }

  submit(connection: ProtocolConnection): null {
    const { context, text, abortion } = this;
    this.connection = connection;
    const server = new PipelinedConnection(connection, context.transactionStatus, (error) => abortion.abort(error));
    this.server = server;
    const prepared = this.asyncScope.runInAsyncScope(async () =>
      context.run(server, { text, values: undefined }, noAnswer, abortion.signal),
    );
    prepared
      .then(async (outcome) => {
        if (!server.synced) await server.sync();
        this.submitNatively(outcome === 'pass-through' || outcome === 'answered' ? undefined : outcome);
      })
      .catch((error: unknown) => this.fail(error));
    return null;
  }

  /** Ends the preparation as a CancelRequest ends a statement; what runs on the server is the server's to cancel. */
  cancel(): void {
    if (!this.preparing || this.server === undefined) return;
    this.abortion.abort();
    this.report(databaseError('57014', 'canceling statement due to user request'));
  }

  /** The client hands over an error: our own report, the server's, a timeout or a lost connection. */
  interrupt(error: unknown): unknown {
    if (!this.preparing || this.reported) return error;
    this.abortion.abort(error);
    return this.server?.terminationError ?? error;
  }

  private submitNatively(run: NativeRun | undefined): void {
    const connection = this.connection!;
    const server = this.server!;
    if (this.abortion.signal.aborted) {
      server.release();
      void this.finish(run, server.transactionStatus);
      return;
    }
    this.preparing = false;
    server.release();
    if (run !== undefined) this.tap(connection, run);
    let refusal: Error | null | undefined;
    try {
      refusal = this.query.submit(connection);
    } catch (error) {
      refusal = error as Error;
    }
    if (!refusal) return;
    connection.emit('errorMessage', refusal);
    connection.emit('readyForQuery', readyMessage(server.transactionStatus));
  }

  private tap(connection: ProtocolConnection, run: NativeRun): void {
    const tap = new ConnectionTap(connection, (event, argument) => {
      if (event === 'errorMessage') run.failed(argument);
      if (event === 'notice') return run.takesNotice(argument as ServerNotice);
      if (event === 'error' || event === 'end') {
        tap.release();
        run.abandon?.();
      }
      if (event !== 'readyForQuery') return false;
      tap.release();
      void this.finish(run, (argument as ServerMessage).status as TransactionStatus);
      return true;
    });
  }

  /** Ends what was prepared, then lets the client go on. */
  private async finish(run: NativeRun | undefined, status: TransactionStatus): Promise<void> {
    const connection = this.connection!;
    const server = new PipelinedConnection(connection, status);
    try {
      await run?.finish(server);
    } catch (error) {
      // Nobody waits for an answer on a connection that has ended: a pool ends those on which a query has failed.
      if (!server.lost) server.emitToClient('errorMessage', asPgError(error));
    }
    await this.goOn(server);
  }

  /** The preparation has failed: natively that is a failure of the statement, and of its transaction block. */
  private async fail(error: unknown): Promise<void> {
    const server = this.server!;
    if (!server.synced || server.transactionStatus === 'T') await server.failTransaction();
    if (!this.abortion.signal.aborted) this.report(error);
    await this.goOn(server);
  }

  private async goOn(server: PipelinedConnection): Promise<void> {
    if (!server.synced) await server.sync().catch(() => {});
    server.release();
    // The client has reported the loss itself.
    if (!server.lost) this.connection!.emit('readyForQuery', readyMessage(server.transactionStatus));
  }

  private report(error: unknown): void {
    this.reported = true;
    this.server!.emitToClient('errorMessage', asPgError(error));
  }
}

const readyMessage = (status: TransactionStatus) => ({ name: 'readyForQuery', length: 5, status });

const refuse = (): never => {
  throw featureNotSupported('COPY cannot be one of several statements with ML calls');
};

/** What is answered by the engine itself has no place in a stream of COPY. */
const noAnswer: ResultSink = { rowDescription: refuse, rows: refuse, commandComplete: refuse };
