import { ConnectionTap } from './connection-tap.js';
import { type Answer, type Exchange, expectAnswer, type PendingExchange } from './exchange.js';
import { type ProtocolConnection, type ServerMessage, statementMessages } from './protocol-connection.js';
import type {
  FetchResult,
  FieldDescription,
  RawResult,
  ServerConnection,
  ServerNotice,
  StatementDescription,
  StatementParameters,
  TransactionStatus,
} from './server-connection.js';

const described = new Set(['rowDescription', 'noData']);
const executed = new Set(['commandComplete', 'emptyQuery', 'portalSuspended']);
const closed = new Set(['closeComplete']);
const ready = new Set(['readyForQuery']);

/**
 * A `ServerConnection` over the connection of a pg `Client`, which sees nothing of the traffic until `release`.
 *
 * The connection's `error` and `end` still reach the client; calls that wait for an answer then reject as well.
 */
export class PgServerConnection implements ServerConnection {
  private readonly tap: ConnectionTap;
  private readonly pending: Exchange[] = [];
  private noticeFilter: ((notice: ServerNotice) => boolean) | undefined;
  /** The error after which the server skips everything up to the Sync that nobody has sent yet. */
  private failure: { readonly error: unknown } | undefined;
  private loss: { readonly error: unknown } | undefined;
  private lastError: unknown;
  private unnamedStatement: string | undefined;
  private corked = false;
  private flushNeeded = false;
  private unsynced = false;

  /** @param onLoss called once when the connection is lost, with the reason (the server's, if it gave one). */
  constructor(
    private readonly connection: ProtocolConnection,
    private status: TransactionStatus,
    private readonly onLoss: (error: unknown) => void = () => {},
  ) {
    this.tap = new ConnectionTap(connection, (event, argument) => this.take(event, argument));
  }

  get transactionStatus(): TransactionStatus {
    return this.status;
  }

  /** Whether the server is ready for a query: nothing was sent since the latest `sync`. */
  get synced(): boolean {
    return !this.unsynced && this.pending.length === 0;
  }

  get lost(): boolean {
    return this.loss !== undefined;
  }

  /** The server's own error for which it closed the connection. */
  get terminationError(): unknown {
    return this.lost ? this.lastError : undefined;
  }

  describe(sql: string, types?: readonly number[]): Promise<StatementDescription> {
    const result = ({ parameterTypes, fields }: Answer) => ({ parameterTypes, fields });
    return this.extended(expectAnswer(described, result), () => {
      this.parse(sql, types);
      this.connection.describe({ type: 'S' });
    });
  }

  run(sql: string, parameters: StatementParameters = {}): Promise<RawResult> {
    const result = ({ fields, rows, commandTag }: Answer) => ({ fields, rows, commandTag });
    return this.extended(expectAnswer(executed, result), () => {
      this.parse(sql, parameters.types);
      this.connection.bind({ values: parameters.values });
      this.connection.describe({ type: 'P' });
      this.connection.execute({});
    });
  }

  openPortal(
    portal: string,
    sql: string,
    parameters: StatementParameters = {},
  ): Promise<readonly FieldDescription[] | null> {
    return this.extended(
      expectAnswer(described, ({ fields }) => fields),
      () => {
        this.parse(sql, parameters.types);
        this.connection.bind({ portal, values: parameters.values });
        this.connection.describe({ type: 'P', name: portal });
      },
    );
  }

  fetch(portal: string, maxRows: number): Promise<FetchResult> {
    const result = ({ rows, commandTag }: Answer, last: string) => ({
      rows,
      done: last !== 'portalSuspended',
      commandTag,
    });
    return this.extended(expectAnswer(executed, result), () => this.connection.execute({ portal, rows: maxRows }));
  }

  closePortal(portal: string): Promise<void> {
    return this.extended(
      expectAnswer(closed, () => undefined),
      () => this.connection.close({ type: 'P', name: portal }),
    );
  }

  sync(): Promise<TransactionStatus> {
    return this.endWindow(
      expectAnswer(ready, ({ transactionStatus }) => transactionStatus),
      () => this.connection.sync(),
    );
  }

  simple(sql: string): Promise<readonly RawResult[]> {
    return this.endWindow(
      expectAnswer(ready, ({ results }) => results),
      () => this.connection.query(sql),
    );
  }

  filterNotices(filter: ((notice: ServerNotice) => boolean) | undefined): void {
    this.noticeFilter = filter;
  }

  /** Makes the implicit transaction roll back at the next `sync`, and an open transaction block a failed one. */
  async failTransaction(): Promise<void> {
    const raise = "DO $$BEGIN RAISE EXCEPTION 'the statement failed in the client'; END$$";
    await this.run(raise).catch(() => {});
  }

  /** Emits a message to the client, as if the server had sent it. */
  emitToClient(event: string, message: unknown): void {
    this.tap.emit(event, message);
  }

  /** Gives the connection back to the client. It should be `synced`. */
  release(): void {
    this.tap.release();
  }

  private parse(sql: string, types: readonly number[] = []): void {
    const statement = `${types.join()}:${sql}`;
    if (statement === this.unnamedStatement) return;
    this.unnamedStatement = statement;
    this.connection.parse({ text: sql, types });
  }

  private extended<Result>(exchange: PendingExchange<Result>, write: () => void): Promise<Result> {
    const refusal = this.loss ?? this.failure;
    if (refusal !== undefined) exchange.reject(refusal.error);
    else this.send(exchange, write, true);
    return exchange.answered;
  }

  private endWindow<Result>(exchange: PendingExchange<Result>, write: () => void): Promise<Result> {
    this.unnamedStatement = undefined;
    this.failure = undefined;
    if (this.loss !== undefined) exchange.reject(this.loss.error);
    else this.send(exchange, write, false);
    return exchange.answered;
  }

  private send(exchange: Exchange, write: () => void, needsFlush: boolean): void {
    if (!this.connection.stream.writable) {
      exchange.reject(new Error('Connection terminated unexpectedly'));
      return;
    }
    this.corkForThisTick();
    this.unsynced = true;
    this.flushNeeded = needsFlush;
    try {
      write();
    } catch (error) {
      // A value that cannot be sent. What was written before it is answered too, but no exchange counts those answers.
      exchange.reject(error);
      return;
    }
    this.pending.push(exchange);
  }

  private corkForThisTick(): void {
    if (this.corked) return;
    this.corked = true;
    const { stream } = this.connection;
    stream.cork?.();
    process.nextTick(() => {
      this.corked = false;
      if (this.flushNeeded) this.connection.flush();
      this.flushNeeded = false;
      stream.uncork?.();
    });
  }

  private take(event: string, argument: unknown): boolean {
    if (statementMessages.has(event)) {
      this.takeMessage(argument as ServerMessage);
      return true;
    }
    if (event === 'notice') return this.noticeFilter?.(argument as ServerNotice) ?? false;
    if (event === 'error') this.lose(argument);
    else if (event === 'end') this.lose(new Error('Connection terminated unexpectedly'));
    return false;
  }

  private takeMessage(message: ServerMessage): void {
    const exchange = this.pending[0];
    if (message.name === 'copyInResponse') this.connection.sendCopyFail('COPY FROM STDIN has no data here');
    if (message.name === 'error') {
      this.lastError = message;
      if (!exchange?.endsWindow) {
        this.failWindow(message);
        return;
      }
    }
    if (message.name === 'readyForQuery') {
      this.status = message.status as TransactionStatus;
      this.lastError = undefined;
    }
    if (exchange?.take(message)) {
      this.pending.shift();
      if (exchange.endsWindow && this.pending.length === 0) this.unsynced = false;
    }
  }

  /** Rejects everything up to the next Sync, sent or not. */
  private failWindow(error: unknown): void {
    this.unnamedStatement = undefined;
    const end = this.pending.findIndex((exchange) => exchange.endsWindow);
    if (end < 0) this.failure = { error };
    const failed = this.pending.splice(0, end < 0 ? this.pending.length : end);
    for (const exchange of failed) exchange.reject(error);
  }

  private lose(reason: unknown): void {
    if (this.loss !== undefined) return;
    const error = this.lastError ?? reason;
    this.loss = { error };
    for (const exchange of this.pending.splice(0)) exchange.reject(error);
    this.onLoss(error);
  }
}
