import { type LimitProgress, rowsToRead } from './rows-to-read.js';

/** LIMIT and OFFSET over rows that come in chunks. */
export class LimitWindow {
  readonly #wanted: number;
  #offset: number;
  /** Rows within the window that are still to come. */
  left: number;

  constructor(limit: number, offset: number) {
    this.left = limit;
    this.#offset = offset;
    this.#wanted = limit + offset;
  }

  /** Whether there is a limit, so that the rows may end before the input does. */
  get bounded(): boolean {
    return this.#wanted !== Number.POSITIVE_INFINITY;
  }

  /** The part of a chunk of `length` rows that is within the window. */
  take(length: number): readonly [from: number, to: number] {
    const from = Math.min(this.#offset, length);
    this.#offset -= from;
    const to = Math.min(length, from + this.left);
    this.left -= to - from;
    return [from, to];
  }

  /** How many rows an operator that fills the window is to take in next, having taken in `read` of them so far. */
  rowsToRead(read: number, batchRows: number): number {
    const missing = this.left + this.#offset;
    const progress: LimitProgress = { read, found: this.#wanted - missing, missing };
    return rowsToRead(batchRows, progress);
  }
}
