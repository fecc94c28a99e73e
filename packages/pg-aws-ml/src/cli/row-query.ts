import type { Socket } from 'node:net';
import pg from 'pg';
import { databaseError } from '../server/database-error.js';
import type { Column, RowPrinter } from './output/row-printer.js';
import { BufferedOutput } from './output/standard-output.js';

/** Where tags of commands go, beside rows. */
export type TagSink = (tag: string) => void;

/** A message of the server, as pg hands it over. */
interface Message {
  readonly fields: readonly unknown[];
  readonly text: string;
}

/**
 * pg's `Query`, which prints rows as they come, without keeping or parsing them: memory stays bounded, because the
 * connection isn't read while standard output takes no more.
 */
export class RowQuery extends pg.Query {
  /** Settles when the statement has ended and its output is written. */
  readonly done: Promise<void>;
  readonly #printer: RowPrinter;
  readonly #onTag: TagSink;
  readonly #stream: Socket;
  readonly #output = new BufferedOutput();
  #columns: readonly Column[] | undefined;
  #begun = false;
  #cancelled = false;
  #onFirstRow: (() => void) | undefined;
  #settle!: { resolve(): void; reject(error: unknown): void };

  constructor(text: string, stream: Socket, printer: RowPrinter, onTag: TagSink, onFirstRow: () => void) {
    super({ text });
    this.#printer = printer;
    this.#onTag = onTag;
    this.#stream = stream;
    this.#onFirstRow = onFirstRow;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Tells the Pool that rows are shown as they come: the statement cannot run again behind them.
    this.on('row', () => {});
  }

  /** The rest of the rows is of no interest. */
  discard(): void {
    this.#cancelled = true;
    this.#stream.resume();
  }

  handleRowDescription({ fields }: Message): void {
    this.#columns = fields as Column[];
    this.#begun = false;
  }

  handleDataRow({ fields }: Message): void {
    if (this.#cancelled) return;
    this.#begin();
    this.#write(this.#printer.row(fields as (string | null)[]));
  }

  handleCommandComplete({ text }: Message): void {
    const shown = this.#columns !== undefined;
    if (shown) {
      this.#begin();
      this.#write(this.#printer.end());
      this.#columns = undefined;
    }
    // Of rows that a command gives back, their number is said twice, as psql does.
    if (shown && !/^(?:INSERT|UPDATE|DELETE|MERGE)\b/.test(text)) return;
    this.#output.flush();
    this.#onTag(text);
  }

  handleEmptyQuery(): void {}

  handleError(error: unknown): void {
    // What came before the failure: earlier results of the text, and rows that are printed as they come.
    this.#output.flush();
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.#cancelled) {
      this.#settle.reject(databaseError('57014', 'canceling statement due to user request'));
    } else {
      this.#output.flush();
      this.#output.drained().then(this.#settle.resolve, this.#settle.reject);
    }
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#onFirstRow?.();
    this.#onFirstRow = undefined;
    this.#write(this.#printer.begin(this.#columns ?? []));
  }

  #write(text: string): void {
    if (text === '' || this.#output.write(text) || this.#stream.isPaused()) return;
    this.#stream.pause();
    this.#output.drained().then(() => this.#stream.resume());
  }
}
