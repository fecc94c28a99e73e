import { randomUUID } from 'node:crypto';
import { copyIn, copyOut } from './copy-data.js';
import type { CopyTaker } from './copy-exchange.js';
import { describeManyParameters, mayHaveManyParameters } from './describe-many-parameters.js';
import { type Answer, expectAnswer, type PendingExchange } from './exchange.js';
import type { ProtocolConnection } from './protocol-connection.js';
import { RequestPipeline } from './request-pipeline.js';
import type {
  AnswerParameters,
  AnswerRow,
  FetchResult,
  FieldDescription,
  Hold,
  RawResult,
  ResultFormats,
  ServerConnection,
  ServerNotice,
  StatementDescription,
  StatementParameters,
  TransactionStatus,
} from './server-connection.js';

const described = new Set(['rowDescription', 'noData']);
const executed = new Set(['commandComplete', 'emptyQuery', 'portalSuspended']);
const parsed = new Set(['parseComplete']);
const closed = new Set(['closeComplete']);
const ready = new Set(['readyForQuery']);

/** A line, which the WHERE of the COPY leaves out. */
const NO_ROW = Buffer.from('\n');

/** No application can come upon it. */
const manyParameters = `aws_ml_${randomUUID()}`;

/**
 * A `ServerConnection` over the connection of a pg `Client`, which sees nothing of the traffic until `release`.
 *
 * The connection's `error` and `end` still reach the client; calls that wait for an answer then reject as well.
 */
export class PipelinedConnection implements ServerConnection {
  private readonly pipeline: RequestPipeline;
  /** Types and text of the latest unnamed Parse since the latest `sync`. */
  private unnamedStatement: string | undefined;

  /** @param onLoss called once when the connection is lost, with the reason (the server's, if it gave one). */
  constructor(
    private readonly connection: ProtocolConnection,
    status: TransactionStatus,
    onLoss: (error: unknown) => void = () => {},
  ) {
    this.pipeline = new RequestPipeline(connection, status, onLoss);
  }

  get transactionStatus(): TransactionStatus {
    return this.pipeline.transactionStatus;
  }

  get physical(): object {
    return this.connection;
  }

  /** Whether the server is ready for a query: nothing was sent since the latest `sync`. */
  get synced(): boolean {
    return this.pipeline.synced;
  }

  get lost(): boolean {
    return this.pipeline.lost;
  }

  /** The server's own error for which it closed the connection. */
  get terminationError(): unknown {
    return this.pipeline.terminationError;
  }

  describe(sql: string, types?: readonly number[]): Promise<StatementDescription> {
    if (mayHaveManyParameters(sql, types ?? [])) return describeManyParameters(this, manyParameters, sql, types ?? []);
    const result = ({ parameterTypes, fields }: Answer) => ({ parameterTypes, fields });
    return this.pipeline.send(expectAnswer(described, result), () => {
      this.parse(sql, types);
      this.connection.describe({ type: 'S' });
    });
  }

  run(sql: string, parameters: StatementParameters = {}): Promise<RawResult> {
    const { values, types } = parameters;
    return this.runAnswer(sql, { values, types }) as Promise<RawResult>;
  }

  runAnswer(sql: string, { values, types, resultFormats }: AnswerParameters): Promise<RawResult<AnswerRow>> {
    const result = ({ fields, rows, commandTag }: Answer) => ({ fields, rows, commandTag });
    return this.pipeline.send(expectAnswer(executed, result, resultFormats !== undefined), () => {
      this.parse(sql, types);
      this.connection.bind({ values, resultFormats });
      this.connection.describe({ type: 'P' });
      this.connection.execute({});
    });
  }

  openPortal(
    portal: string,
    sql: string,
    { values, types, resultFormats }: AnswerParameters = {},
  ): Promise<readonly FieldDescription[] | null> {
    return this.pipeline.send(
      expectAnswer(described, ({ fields }) => fields),
      () => {
        this.parse(sql, types);
        this.connection.bind({ portal, values, resultFormats });
        this.connection.describe({ type: 'P', name: portal });
      },
    );
  }

  prepare(name: string, sql: string, types: readonly number[]): Promise<void> {
    return this.pipeline.send(
      expectAnswer(parsed, () => undefined),
      () => this.connection.parse({ name, text: sql, types }),
    );
  }

  describePortalOf(statement: string, parameters: number): Promise<readonly FieldDescription[] | null> {
    return this.pipeline.send(
      expectAnswer(described, ({ fields }) => fields),
      () => {
        this.connection.bind({ statement, values: new Array(parameters).fill(null) });
        this.connection.describe({ type: 'P' });
      },
    );
  }

  closeStatement(name: string): Promise<void> {
    return this.pipeline.send(
      expectAnswer(closed, () => undefined),
      () => this.connection.close({ type: 'S', name }),
    );
  }

  fetch(portal: string, maxRows: number): Promise<FetchResult> {
    return this.fetchAnswer(portal, maxRows, undefined) as Promise<FetchResult>;
  }

  fetchAnswer(
    portal: string,
    maxRows: number,
    resultFormats: ResultFormats | undefined,
  ): Promise<FetchResult<AnswerRow>> {
    const result = ({ rows, commandTag }: Answer, last: string) => ({
      rows,
      done: last !== 'portalSuspended',
      commandTag,
    });
    return this.pipeline.send(expectAnswer(executed, result, resultFormats !== undefined), () =>
      this.connection.execute({ portal, rows: maxRows }),
    );
  }

  closePortal(portal: string): Promise<void> {
    return this.pipeline.send(
      expectAnswer(closed, () => undefined),
      () => this.connection.close({ type: 'P', name: portal }),
    );
  }

  closePortalWithNext(portal: string): void {
    this.pipeline.sendWithNext(
      expectAnswer(closed, () => undefined),
      () => this.connection.close({ type: 'P', name: portal }),
    );
  }

  get canHold(): boolean {
    return this.connection.sendCopyFromChunk !== undefined && this.connection.endCopyFrom !== undefined;
  }

  hold(copy: string): Hold {
    const { connection } = this;
    return this.pipeline.hold({
      begin: () => {
        this.beginCopy(copy);
        return expectAnswer(executed, () => undefined);
      },
      look: () => connection.sendCopyFromChunk?.(NO_ROW),
      end: () => connection.endCopyFrom?.(),
    });
  }

  copyOut(sql: string, take: CopyTaker, onFailure?: () => void): Promise<string> {
    return copyOut(this.connection, this.pipeline, () => this.beginCopy(sql), take, onFailure);
  }

  copyIn(sql: string, source: AsyncIterable<Uint8Array>): Promise<string> {
    return copyIn(this.connection, this.pipeline, () => this.beginCopy(sql), source);
  }

  private beginCopy(sql: string): void {
    this.parse(sql);
    this.connection.bind({});
    this.connection.execute({});
  }

  sync(): Promise<TransactionStatus> {
    return this.endWindow(
      expectAnswer(ready, ({ transactionStatus }) => transactionStatus),
      () => this.connection.sync(),
    );
  }

  simple(sql: string): Promise<readonly RawResult[]> {
    return this.endWindow(
      expectAnswer(ready, ({ results }) => results as RawResult[]),
      () => this.connection.query(sql),
    );
  }

  filterNotices(filter: ((notice: ServerNotice) => boolean) | undefined): void {
    this.pipeline.noticeFilter = filter;
  }

  passNotice(notice: ServerNotice): void {
    this.pipeline.emitToClient('notice', notice);
  }

  /** Makes the implicit transaction roll back at the next `sync`, and an open transaction block a failed one. */
  async failTransaction(): Promise<void> {
    const raise = "DO $$BEGIN RAISE EXCEPTION 'the statement failed in the client'; END$$";
    await this.run(raise).catch(() => {});
  }

  /** Emits a message to the client, as if the server had sent it. */
  emitToClient(event: string, message: unknown): void {
    this.pipeline.emitToClient(event, message);
  }

  /** Gives the connection back to the client. It should be `synced`. */
  release(): void {
    this.pipeline.release();
  }

  private parse(sql: string, types: readonly number[] = []): void {
    const statement = `${types.join()}:${sql}`;
    if (statement === this.unnamedStatement) return;
    this.unnamedStatement = statement;
    this.connection.parse({ text: sql, types });
  }

  private endWindow<Result>(exchange: PendingExchange<Result>, write: () => void): Promise<Result> {
    this.unnamedStatement = undefined;
    return this.pipeline.sendToReady(exchange, write);
  }
}
