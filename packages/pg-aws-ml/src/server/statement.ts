import type {
  AnswerRow,
  BoundValue,
  FieldDescription,
  ResultFormats,
  ServerConnection,
  ServerNotice,
} from './server-connection.js';

/** A statement as an application hands it over. */
export interface Statement {
  readonly text: string;
  /** Undefined where the application gave no values (simple protocol in node-postgres). */
  readonly values: readonly BoundValue[] | undefined;
  /** The parameter types that a client declared in Parse, if any. */
  readonly types?: readonly number[];
  /** In which formats a client of the wire protocol wants the columns; its rows then come as the server's DataRow messages. */
  readonly resultFormats?: ResultFormats | undefined;
  /** What `current_query()` shows where that is not the text: the script that the statement comes from, or an EXECUTE. */
  readonly shown?: string;
  /**
   * The error with which the server has ended the statement when it ran there as it is: it had reached an ML function.
   * A runner that cannot run it anew, for what the first run may have done, rejects with this error.
   */
  readonly failure?: unknown;
}

/** Where the answer of a statement goes: a query, a cursor, a client of the wire protocol. */
export interface ResultSink {
  /**
   * A promise asks for patience: it resolves when the first row is wanted (a cursor is described before it is read, and
   * may never be).
   */
  rowDescription(fields: readonly FieldDescription[]): void | Promise<void>;
  /**
   * Rows in order. A promise asks for patience (backpressure): no further rows before it resolves. It never rejects; it
   * resolves too when the statement is aborted.
   */
  rows(rows: readonly AnswerRow[]): void | Promise<void>;
  /** Empty for an empty statement. */
  commandComplete(commandTag: string): void;
}

/** For what is run for its calls alone. */
export const discard: ResultSink = { rowDescription() {}, rows() {}, commandComplete() {} };

/** Asks the caller to send the statement to the server as it is, in the transaction that is prepared for it. */
export interface NativeRun {
  /** Whether a notice of the statement is ours: it is not for the application. */
  takesNotice(notice: ServerNotice): boolean;
  /** Told of the error with which the statement fails, before the application is: may add to it. */
  failed(error: unknown): void;
  /**
   * Ends what was prepared, whether the statement has failed or not; to be called once the server is ready again, on a
   * connection of the status that it reports then. Rejects where the transaction cannot commit.
   */
  finish(connection: ServerConnection): Promise<void>;
  /** Called in place of `finish` when the connection is lost. */
  abandon?(): void;
}

/**
 * 'answered': the sink has got the whole answer. 'pass-through' asks the caller to send the statement to the server as
 * it is: then the sink has got nothing, and the connection is as it was taken. A `NativeRun` comes for COPY alone.
 */
export type StatementOutcome = 'answered' | 'pass-through' | NativeRun;

/**
 * Runs one statement with ML calls on a connection that nobody else uses meanwhile, and leaves the connection synced.
 * Rejects with the error that the application shall see.
 *
 * The signal aborts when nobody wants the rest any more: a closed cursor, a timeout, a cancel, a lost connection. The
 * runner then ends soon, synced; what it rejects with is not reported.
 */
export type StatementRunner = (
  connection: ServerConnection,
  statement: Statement,
  sink: ResultSink,
  signal: AbortSignal,
) => Promise<StatementOutcome>;
