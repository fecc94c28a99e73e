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
  rowDescription(fields: readonly FieldDescription[]): void;
  /** Rows in order. A promise asks for patience (backpressure): no further rows before it resolves. */
  rows(rows: readonly RawRow[]): void | Promise<void>;
  commandComplete(commandTag: string): void;
}

/**
 * Runs one statement with ML calls on a connection that nobody else uses meanwhile, and leaves the connection synced.
 * Rejects with the error that the application shall see (a pg DatabaseError whenever the server raised it).
 */
export type StatementRunner = (
  connection: ServerConnection,
  statement: Statement,
  sink: ResultSink,
  signal: AbortSignal,
) => Promise<void>;
