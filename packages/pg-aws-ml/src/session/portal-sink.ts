import type { AnswerRow, FieldDescription } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';

/** Whoever gets what a portal gives, message by message. */
export interface PortalReceiver {
  rowDescription(fields: readonly FieldDescription[]): void;
  /** @param stopped whether nothing more is wanted, which may become true on the way */
  rows(rows: readonly AnswerRow[], stopped: () => boolean): void;
  portalSuspended(): void;
  /** Of an empty statement: the tag is empty. */
  commandComplete(commandTag: string): void;
}

/**
 * Takes a result and holds the rows back to what was asked for, as a portal of the server does:
 * Execute with a row limit gives that many rows and PortalSuspended.
 */
export class PortalSink implements ResultSink {
  /** Something was delivered: the statement is valid, and its result no longer untouched. */
  used = false;
  /** The result was handed in to its end. */
  ended = false;
  /** A completion was delivered. */
  completed = false;
  /** Rows that the pending Executes still want, in the order of the Executes. */
  private readonly wanted: number[] = [];
  private queue: readonly AnswerRow[] = [];
  /** The first row of the queue that is not delivered. */
  private next = 0;
  private commandTag: string | undefined;
  private waiting: (() => void)[] = [];
  private delivering = false;
  private stopped = false;

  constructor(private readonly receiver: PortalReceiver) {}

  /** Nothing is asked for at the moment. */
  get suspended(): boolean {
    return this.wanted.length === 0;
  }

  /** Everything that was handed in is delivered. */
  get drained(): boolean {
    return this.next === this.queue.length && this.commandTag === undefined;
  }

  /** @param rows 0 means all. */
  execute(rows: number): void {
    this.wanted.push(rows === 0 ? Number.POSITIVE_INFINITY : rows);
    this.deliverWanted();
  }

  /** Drops what is not delivered yet, and all that comes. */
  stop(): void {
    this.stopped = true;
    this.setQueue([]);
    this.commandTag = undefined;
    this.resume();
  }

  rowDescription(fields: readonly FieldDescription[]): void | Promise<void> {
    if (this.stopped) return;
    this.used = true;
    this.receiver.rowDescription(fields);
    return this.patience();
  }

  rows(rows: readonly AnswerRow[]): void | Promise<void> {
    if (this.stopped) return;
    this.used = true;
    const undelivered = this.queue.slice(this.next);
    this.setQueue(undelivered.length === 0 ? rows : undelivered.concat(rows));
    this.deliverWanted();
    return this.patience();
  }

  commandComplete(commandTag: string): void {
    if (this.stopped) return;
    this.used = true;
    this.ended = true;
    this.commandTag = commandTag;
    this.deliverWanted();
  }

  private patience(): void | Promise<void> {
    if (!this.suspended || this.stopped) return;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private resume(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private deliverWanted(): void {
    // Delivering may ask for more at once: the outer call goes on with it.
    if (this.delivering) return;
    this.delivering = true;
    while (!this.suspended && !this.drained) {
      if (this.next < this.queue.length) this.deliverRows();
      else this.deliverCompletion();
    }
    this.delivering = false;
    if (!this.suspended) this.resume();
  }

  private deliverRows(): void {
    const limit = this.wanted[0]!;
    const end = Math.min(this.next + limit, this.queue.length);
    this.wanted[0] = limit - (end - this.next);
    const rows = this.next === 0 && end === this.queue.length ? this.queue : this.queue.slice(this.next, end);
    this.next = end;
    this.receiver.rows(rows, () => this.stopped);
    if (this.stopped) return;
    if (this.next === this.queue.length) this.setQueue([]);
    if (this.wanted[0] === 0) {
      this.wanted.shift();
      this.receiver.portalSuspended();
    }
  }

  private setQueue(rows: readonly AnswerRow[]): void {
    this.queue = rows;
    this.next = 0;
  }

  private deliverCompletion(): void {
    const text = this.commandTag!;
    this.commandTag = undefined;
    this.completed = true;
    // A script in the simple protocol goes on after each result, a portal is at its end.
    if (this.wanted[0] !== Number.POSITIVE_INFINITY) this.wanted.shift();
    this.receiver.commandComplete(text);
  }
}
