import type { Status } from './status.js';

/** What the plots show of one moment. Counts are since the beginning. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly clients: number;
  readonly native: number;
  readonly ours: number;
  readonly requests: number;
  readonly inFlight: number;
  readonly limit: number;
  readonly costUsd: number;
  readonly lagMs: number;
}

export const SAMPLE_MS = 2_000;
/** A quarter of an hour. */
const MOST = 450;

/** The latest moments, so that whoever opens the page sees what has happened. */
export class History {
  readonly #moments: Moment[] = [];

  add(status: Status): void {
    const { targets, functions, limits, statements } = status;
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    this.#moments.push({
      at: status.at,
      clients: status.clients,
      native: statements.native,
      ours: statements.ours,
      requests: sum(functions.map(({ requests }) => requests)),
      inFlight: sum(targets.map(({ inFlight }) => inFlight)),
      limit: sum(limits.map(({ limit }) => limit)),
      costUsd: sum(targets.map(({ costUsd }) => costUsd)),
      lagMs: status.lagMs,
    });
    if (this.#moments.length > MOST) this.#moments.shift();
  }

  since(at: number): readonly Moment[] {
    return this.#moments.filter((moment) => moment.at > at);
  }
}
