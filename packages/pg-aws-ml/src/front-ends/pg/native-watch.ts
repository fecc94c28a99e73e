import pg from 'pg';
import { mayRunDeferredTriggers } from '../../recognise/statement-kind.js';
import { ConnectionTap } from '../../server/connection-tap.js';
import { type ProtocolConnection, type ServerMessage, statementMessages } from '../../server/protocol-connection.js';
import type { TransactionStatus } from '../../server/server-connection.js';
import { runAgainHint } from '../../session/run-again.js';
import { explainMissingExtension } from '../../stubs/missing-extension.js';
import type { UserQuery } from './user-query.js';
import type { VirtualConnection } from './virtual-connection.js';

/** A statement that the server runs as it is, and that we could run in its place. */
export interface NativeStatement {
  readonly query: UserQuery;
  readonly text: string | undefined;
  /** What the query was submitted to, if not to the connection itself. */
  readonly virtual?: VirtualConnection | undefined;
  /** Its failure is withheld: the server gets the Sync that it waits for, and nothing more. */
  stop(): void;
  /** Runs the statement anew, as ours. The server has undone what it did, and is idle. */
  runAgain(failure: ServerMessage): void;
}

export interface NativeWatchOptions {
  /** The statement that pg itself runs on the connection at the moment. */
  readonly plainStatement: () => NativeStatement | undefined;
  /** Whether an error says that a statement which went past us has reached an ML function: from now on it doesn't go past. */
  readonly reachedMl: (error: ServerMessage, text: string | undefined) => boolean;
  /** Whether a statement that the server has refused may have a meaning of ours. */
  readonly maySayMore: (error: ServerMessage, text: string | undefined) => boolean;
  /** Why no statement with ML calls can run on the connection; undefined where they can. */
  readonly refusal: () => { readonly hint?: string | undefined } | undefined;
}

/**
 * Sees every message of a connection to its client first: follows the transaction, repeats what passing statements
 * wait for, and lets a statement that reaches an ML function unexpectedly run again.
 *
 * Somebody else may have changed a function, a view or a trigger since its name was looked up. The server then refuses
 * the ML call. Where that has undone everything, and nothing of an answer was seen but notices, the error is withheld and
 * the statement runs anew, as ours. Within a transaction block it is too late: the block has failed.
 */
export class NativeWatch {
  /** The status of the latest ReadyForQuery. */
  transactionStatus: TransactionStatus = 'I';
  private passing: NativeStatement | undefined;
  private rowSeen = false;
  private rowShown = false;
  private ended = false;
  private withheld: { readonly error: ServerMessage; readonly statement: NativeStatement } | undefined;
  private readonly tap: ConnectionTap;

  constructor(
    connection: ProtocolConnection,
    private readonly options: NativeWatchOptions,
  ) {
    this.tap = new ConnectionTap(connection, (event, argument) => this.take(event, argument));
  }

  /** Until ReadyForQuery, the statement gets the server's answer too, after the client has handled it. */
  pass(statement: NativeStatement | undefined): void {
    this.passing = statement;
  }

  private take(event: string, argument: unknown): boolean {
    if (event === 'readyForQuery') return this.takeReady(argument as ServerMessage | undefined);
    if (this.withheld !== undefined) return statementMessages.has(event);
    if (event === 'errorMessage') explainMissingExtension(argument);
    if (event === 'errorMessage' && this.withholds(argument as ServerMessage)) return true;
    if (event === 'dataRow' && !this.rowSeen) this.seeRow();
    const virtual = this.passing?.virtual;
    // A cursor is at its end, though the transaction may fail yet.
    if (event === 'commandComplete' && virtual !== undefined) this.ended = !(this.passing?.query instanceof pg.Query);
    if (virtual === undefined || virtual.listenerCount(event) === 0 || !statementMessages.has(event)) return false;
    this.tap.emit(event, argument);
    virtual.emit(event, argument);
    return true;
  }

  /** What has gone into a result that nobody has got yet can be taken back. */
  private seeRow(): void {
    this.rowSeen = true;
    const query = this.current()?.query;
    this.rowShown = query !== undefined && showsRows(query);
  }

  private current(): NativeStatement | undefined {
    return this.passing ?? this.options.plainStatement();
  }

  private withholds(error: ServerMessage): boolean {
    const statement = this.current();
    const reachedMl = this.options.reachedMl(error, statement?.text);
    if (!reachedMl && !this.options.maySayMore(error, statement?.text)) return false;
    const refusal = this.options.refusal();
    if (refusal !== undefined && reachedMl) Object.assign(error, { hint: refusal.hint });
    if (statement === undefined) return false;
    if (this.transactionStatus !== 'I') {
      if (reachedMl && !mayRunDeferredTriggers(statement.text ?? '')) Object.assign(error, { hint: runAgainHint });
      return false;
    }
    if (this.ended || this.rowShown || (this.rowSeen && showsRows(statement.query))) return false;
    this.withheld = { error, statement };
    statement.stop();
    return true;
  }

  /** A connection of the caller's own may say no more than that it is ready. */
  private takeReady(message: ServerMessage | undefined): boolean {
    const { withheld } = this;
    const virtual = this.passing?.virtual;
    const status = (message?.status ?? 'I') as TransactionStatus;
    this.transactionStatus = status;
    // First of all: the client may start the next statement while it handles this message.
    this.withheld = undefined;
    this.passing = undefined;
    this.rowSeen = false;
    this.rowShown = false;
    this.ended = false;
    if (withheld !== undefined) {
      if (status === 'I') {
        withheld.statement.runAgain(withheld.error);
        return true;
      }
      this.tap.emit('errorMessage', withheld.error);
      virtual?.emit('errorMessage', withheld.error);
    }
    if (virtual === undefined && withheld === undefined) return false;
    this.tap.emit('readyForQuery', message);
    virtual?.emit('readyForQuery', message);
    return true;
  }
}

/** Whether rows reach the application one by one; pg's `Query` keeps them for its result, unless somebody listens. */
const showsRows = (query: UserQuery): boolean =>
  !(query instanceof pg.Query) || query.listenerCount('row') > 0 || Boolean(query._canceledDueToError);
