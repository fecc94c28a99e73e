import ora, { type Ora } from 'ora';
import type { AwsMl } from '../index.js';

/** Shorter statements finish before anybody wonders. */
const SHOW_AFTER_MS = 700;
const REFRESH_MS = 150;

/**
 * Counts what a long statement has scored, on a terminal only. Counts instead of percents: how many rows there will be
 * is known when the last one has been read.
 */
export class Progress {
  readonly #awsMl: AwsMl;
  #spinner: Ora | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(awsMl: AwsMl) {
    this.#awsMl = awsMl;
  }

  start(): void {
    // A terminal that doesn't know its width would have the spinner clear infinitely many lines.
    if (!process.stderr.isTTY || !(process.stderr.columns > 0)) return;
    const began = Date.now();
    this.#timer = setInterval(() => this.#refresh(Date.now() - began), REFRESH_MS);
  }

  /** Clears the line: rows, or the end, come next. */
  stop(): void {
    clearInterval(this.#timer);
    this.#spinner?.stop();
  }

  #refresh(elapsedMs: number): void {
    const line = progressLine(this.#awsMl);
    if (line === undefined || elapsedMs < SHOW_AFTER_MS) return;
    this.#spinner ??= ora({ stream: process.stderr, discardStdin: false }).start();
    this.#spinner.text = line;
  }
}

/** Undefined before the first input. */
export function progressLine(awsMl: AwsMl): string | undefined {
  const functions = awsMl.stats().filter(({ inputs }) => inputs > 0);
  if (functions.length === 0) return undefined;
  return functions
    .map(({ function: name, distinctInputs, cachedInputs, requests, batches }) => {
      const scored = cachedInputs + Math.round(batches.count * batches.size.avg);
      return `${name}: ${scored} of ${distinctInputs} inputs, ${requests} requests`;
    })
    .join('; ');
}
