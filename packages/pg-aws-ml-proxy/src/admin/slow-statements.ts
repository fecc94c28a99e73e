/** So many are told apart; those that have taken least in all make room. */
const MOST = 200;

export interface SlowStatement {
  /** Of its text without constants; nothing of the text can be found out from it. */
  readonly fingerprint: string;
  /** SELECT, UPDATE, … */
  readonly command: string;
  /** batch, replay or live, of the latest execution; undefined where it has failed before. */
  way: string | undefined;
  count: number;
  failures: number;
  rows: number;
  totalMs: number;
  maxMs: number;
}

/** What statements with ML calls have taken, by fingerprint. */
export class SlowStatements {
  readonly #statements = new Map<string, SlowStatement>();

  add(one: Pick<SlowStatement, 'fingerprint' | 'command' | 'way' | 'rows'>, ms: number, failed: boolean): void {
    const { fingerprint, command } = one;
    let known = this.#statements.get(fingerprint);
    if (known === undefined) {
      known = { fingerprint, command, way: undefined, count: 0, failures: 0, rows: 0, totalMs: 0, maxMs: 0 };
      this.#statements.set(fingerprint, known);
    }
    addTo(known, { ...one, count: 1, failures: failed ? 1 : 0, totalMs: ms, maxMs: ms });
    if (this.#statements.size > MOST) this.#forgetLeast(fingerprint);
  }

  all(): readonly SlowStatement[] {
    return [...this.#statements.values()];
  }

  #forgetLeast(except: string): void {
    let least: SlowStatement | undefined;
    for (const one of this.#statements.values()) {
      if (one.fingerprint !== except && one.totalMs < (least?.totalMs ?? Number.POSITIVE_INFINITY)) least = one;
    }
    if (least !== undefined) this.#statements.delete(least.fingerprint);
  }
}

function addTo(sum: SlowStatement, one: SlowStatement): void {
  sum.way = one.way ?? sum.way;
  sum.count += one.count;
  sum.failures += one.failures;
  sum.rows += one.rows;
  sum.totalMs += one.totalMs;
  sum.maxMs = Math.max(sum.maxMs, one.maxMs);
}

/** Those of several processes that take longest, on average; at most `count`. */
export function slowestOf(lists: readonly (readonly SlowStatement[])[], count: number): SlowStatement[] {
  const sums = new Map<string, SlowStatement>();
  for (const one of lists.flat()) {
    const sum = sums.get(one.fingerprint);
    if (sum === undefined) sums.set(one.fingerprint, { ...one });
    else addTo(sum, one);
  }
  return [...sums.values()].sort((a, b) => b.totalMs / b.count - a.totalMs / a.count).slice(0, count);
}
