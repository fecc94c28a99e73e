/** Counts of a cache's table, since the pool was made or the latest reset. */
export interface CacheTableStats {
  /** Inputs that were looked for. */
  readonly lookedUp: number;
  readonly found: number;
  /** Results that were handed to the table; those that it has already are not written again. */
  readonly written: number;
  /** Results that could not be kept. */
  readonly dropped: number;
  /** Look-ups and writes that failed. */
  readonly failures: number;
}

export const noStats: CacheTableStats = { lookedUp: 0, found: 0, written: 0, dropped: 0, failures: 0 };
