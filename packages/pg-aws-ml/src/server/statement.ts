import type { BoundValue, FieldDescription, RawRow, ServerConnection } from './server-connection.js';

/** A statement as an application hands it over. */
export interface Statement {
  readonly text: string;
  /** Undefined where the application gave no values (simple protocol in node-postgres). */
  readonly values: readonly BoundValue[] | undefined;
  /** The parameter types that a client declared in Parse, if any. */
  readonly types?: readonly number[];
}

/** Where the answer of a statement goes: a query, a cursor, later a wire client. */
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
  rows(rows: readonly RawRow[]): void | Promise<void>;
  /** Empty for an empty statement. */
  commandComplete(commandTag: string): void;
}

/**
 * 'answered': the sink has got the whole answer. 'pass-through' asks the caller to send the statement to the server as
 * it is: then the sink has got nothing, and the connection is as it was taken.
 */
export type StatementOutcome = 'answered' | 'pass-through';

/**
 * Runs one statement with ML calls on a connection that nobody else uses meanwhile, and leaves the connection synced.
 * Rejects with the error that the application shall see (a pg DatabaseError whenever the server raised it).
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
