import type { CopyTaker } from './copy-exchange.js';

/** A value bound to a parameter: text, binary, or SQL NULL. */
export type BoundValue = string | Buffer | null;

/** A row as the server sends it in text format. */
export type RawRow = readonly (string | null)[];

/**
 * A row on its way to the application: in text format, or the whole DataRow message as the server sent it, where the
 * statement says in which formats it is wanted.
 */
export type AnswerRow = RawRow | Buffer;

/** Format codes of the columns of a result, as Bind has them: none means text, one is for all. 0 text, 1 binary. */
export type ResultFormats = readonly number[];

/** A column of a result, as RowDescription gives it. */
export interface FieldDescription {
  readonly name: string;
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeID: number;
  readonly dataTypeSize: number;
  readonly dataTypeModifier: number;
  readonly format: 'text' | 'binary';
}

export interface StatementDescription {
  readonly parameterTypes: readonly number[];
  /** Null for a statement that returns no rows. */
  readonly fields: readonly FieldDescription[] | null;
}

export interface RawResult<Row = RawRow> {
  readonly fields: readonly FieldDescription[] | null;
  readonly rows: readonly Row[];
  /** The command tag, for example `INSERT 0 5`; empty for an empty statement. */
  readonly commandTag: string;
}

export interface FetchResult<Row = RawRow> {
  readonly rows: readonly Row[];
  /** False while the portal is suspended, i.e. may have more rows. */
  readonly done: boolean;
  readonly commandTag: string;
}

export interface StatementParameters {
  readonly values?: readonly BoundValue[] | undefined;
  /** Type OIDs, 0 for "let the server infer". */
  readonly types?: readonly number[] | undefined;
}

export interface AnswerParameters extends StatementParameters {
  /** Where given, rows come as DataRow messages in these formats. */
  readonly resultFormats?: ResultFormats | undefined;
}

/** 'I' idle, 'T' in a transaction block, 'E' in a failed transaction block. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** A NOTICE or WARNING of the server, with the fields of pg's NoticeMessage. */
export interface ServerNotice {
  readonly severity: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** The functions that were running, the innermost first. */
  readonly where?: string | undefined;
}

/** A server that is held open. */
export interface Hold {
  /** Rejects when the server is interrupted, or its connection lost. */
  readonly broken: Promise<never>;
  /** Lets the server notice a request to cancel. */
  look(): void;
  /** The next request ends it. */
  end(): void;
}

/**
 * Exclusive use of one PostgreSQL connection, in the extended protocol without Sync: the statements run in the
 * order of the calls and in one implicit transaction (or the open transaction block), portals stay open between
 * them, and nothing commits before `sync`. Calls made without awaiting the earlier ones go out together.
 *
 * After a statement fails the server skips everything up to `sync`: every pending call rejects with that error.
 */
export interface ServerConnection {
  /** The same object for all statements of one physical connection. */
  readonly physical: object;
  /** The status when the connection was taken, and after the latest `sync`. */
  readonly transactionStatus: TransactionStatus;
  /** Whether nothing was sent since the latest `sync`. */
  readonly synced: boolean;
  /** Parse and Describe; nothing runs. */
  describe(sql: string, types?: readonly number[]): Promise<StatementDescription>;
  /** Parse, Bind, Describe, Execute to the end. */
  run(sql: string, parameters?: StatementParameters): Promise<RawResult>;
  /** The same, for rows that the application gets. */
  runAnswer(sql: string, parameters: AnswerParameters): Promise<RawResult<AnswerRow>>;
  /** Parse and Bind to the named portal, and Describe it. */
  openPortal(portal: string, sql: string, parameters?: AnswerParameters): Promise<readonly FieldDescription[] | null>;
  /** Execute at most `maxRows` rows of an open portal; 0 means all. */
  fetch(portal: string, maxRows: number): Promise<FetchResult>;
  /** The same, for rows that the application gets, from a portal that was opened with these `resultFormats`. */
  fetchAnswer(
    portal: string,
    maxRows: number,
    resultFormats: ResultFormats | undefined,
  ): Promise<FetchResult<AnswerRow>>;
  closePortal(portal: string): Promise<void>;
  /** The same, together with the next request: it costs no write of its own. */
  closePortalWithNext(portal: string): void;
  /** Whether `hold` works on this connection. */
  readonly canHold: boolean;
  /**
   * Keeps the server in a COPY FROM STDIN of no rows whenever it has nothing else to do, until `Hold.end` or `sync`: it
   * reads messages meanwhile, and keeps a request to cancel that it would drop otherwise. Each `Hold.look` lets it act on
   * one. Whatever is sent ends the COPY first, which costs no time; and another one follows.
   *
   * @param copy must not fail
   */
  hold(copy: string): Hold;
  /**
   * Runs a COPY … TO STDOUT; `take` gets its data as they come, a row at a time, and may ask for patience by a promise.
   * Where it throws or rejects, so does this, when the server has come to the end of the data: `onFailure` may see to it
   * that this is soon. Resolves with the command tag.
   */
  copyOut(sql: string, take: CopyTaker, onFailure?: () => void): Promise<string>;
  /** Runs a COPY … FROM STDIN with the data of a source; it fails where the source does. Resolves with the command tag. */
  copyIn(sql: string, source: AsyncIterable<Uint8Array>): Promise<string>;
  /** Ends the implicit transaction: commits it, or rolls it back after an error. Resolves when the server is ready. */
  sync(): Promise<TransactionStatus>;
  /** Runs SQL by the simple protocol, each statement's result in order. To be called only right after `sync`. */
  simple(sql: string): Promise<readonly RawResult[]>;
  /**
   * Takes the notices while it returns true for them; the others reach the application as usual.
   * At most one filter at a time; undefined removes it.
   */
  filterNotices(filter: ((notice: ServerNotice) => boolean) | undefined): void;
  /** Hands on to the application what a filter has taken. */
  passNotice(notice: ServerNotice): void;
}
