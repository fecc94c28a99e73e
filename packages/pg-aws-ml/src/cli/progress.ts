import type { Ora } from 'ora';
import type { FunctionStats, Pool } from '../index.js';
import { type Estimate, estimateOf, ProgressLine, reachedBy } from './progress-line.js';

/** Shorter statements finish before anybody wonders. */
const SHOW_AFTER_MS = 700;
const REFRESH_MS = 150;

/** How far a statement with ML calls is: on standard error, on a terminal only. */
export class Progress {
  readonly #pool: Pool;
  readonly #sql: string;
  readonly #before: readonly FunctionStats[];
  readonly #line = new ProgressLine();
  #spinner: Ora | undefined;
  #timer: NodeJS.Timeout | undefined;
  #estimate: Estimate | undefined;
  #asked: Promise<void> | undefined;

  constructor(pool: Pool, sql: string) {
    this.#pool = pool;
    this.#sql = sql;
    this.#before = pool.awsMl.stats();
  }

  start(): void {
    // A terminal that doesn't know its width would have the line cleared infinitely often.
    if (!process.stderr.isTTY || !(process.stderr.columns > 0)) return;
    const began = Date.now();
    this.#timer = setInterval(() => void this.#refresh(Date.now() - began), REFRESH_MS);
  }

  /** Clears the line: rows, or the end, come next. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#spinner?.stop();
  }

  async #refresh(elapsedMs: number): Promise<void> {
    const reached = reachedBy(this.#pool.awsMl.stats(), this.#before);
    if (elapsedMs < SHOW_AFTER_MS || reached.rows === 0) return;
    this.#asked ??= this.#ask();
    const text = this.#line.text(reached, this.#estimate, elapsedMs / 1000);
    if (this.#spinner === undefined) {
      const { default: ora } = await import('ora');
      if (this.#timer === undefined) return;
      this.#spinner ??= ora({ stream: process.stderr, discardStdin: false }).start();
    }
    this.#spinner.text = text ?? '';
  }

  /** The planner's estimate, by another connection. A statement that cannot be explained there has none. */
  async #ask(): Promise<void> {
    try {
      const { rows } = await this.#pool.query<[string]>({ text: `EXPLAIN ${this.#sql}`, rowMode: 'array' });
      this.#estimate = estimateOf(rows.map(([line]) => line));
    } catch {
      // Several statements, COPY, or tables that only the session has.
    }
  }
}
