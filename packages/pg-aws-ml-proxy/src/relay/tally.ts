/** Codes may be chosen by the server's users: as many are told apart, further ones count together. */
const MOST_CODES = 100;

/** Counts by SQLSTATE. */
export class CodeCounts {
  readonly #counts = new Map<string, number>();

  add(code: string | undefined): void {
    const counts = this.#counts;
    const known = code !== undefined && (counts.has(code) || (counts.size < MOST_CODES && /^[0-9A-Z]{5}$/.test(code)));
    const key = known ? code : 'other';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

/** What the sessions of a process have done since it began. */
export class Tally {
  /** Those that have come to their first ReadyForQuery. */
  sessions = 0;
  /** Query and Execute messages of clients. */
  statements = 0;
  /** Of them, those that the server has not answered alone. */
  ours = 0;
  /** Clients that were not let in, by the SQLSTATE that they were told. */
  readonly refused = new CodeCounts();
  /** Errors that clients with a session were told. */
  readonly errors = new CodeCounts();
}
