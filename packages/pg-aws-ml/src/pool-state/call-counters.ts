import type { FunctionStats, MlFunctionName } from 'aws-ml-core';

/** An ML function by its name, whichever overload was called; another function by its OID. */
export type CountedFunction = MlFunctionName | number;

/** What pg_stat_user_functions says of a function; times in milliseconds. */
export interface CallCounts {
  readonly calls: number;
  readonly totalTime: number;
  readonly selfTime: number;
}

/**
 * What the server's own counts of function calls lack, for sessions that track functions: the calls whose rows went
 * through a batch scan, the time in which services answered; negative, the calls of runs that were undone. Of one pool,
 * since its start or the latest `pg_stat_reset()`.
 */
export class CallCounters {
  readonly #counts = new Map<CountedFunction, CallCounts>();

  add(counted: CountedFunction, { calls, totalTime, selfTime }: CallCounts): void {
    const before = this.#counts.get(counted) ?? { calls: 0, totalTime: 0, selfTime: 0 };
    this.#counts.set(counted, {
      calls: before.calls + calls,
      totalTime: before.totalTime + totalTime,
      selfTime: before.selfTime + selfTime,
    });
  }

  /** Time that passed within calls of a function in other functions, or in a service. */
  addTime(counted: CountedFunction, totalTime: number): void {
    if (totalTime > 0) this.add(counted, { calls: 0, totalTime, selfTime: 0 });
  }

  all(): (readonly [CountedFunction, CallCounts])[] {
    return [...this.#counts];
  }

  /** Forgets one function, or all. */
  reset(counted?: CountedFunction): void {
    if (counted === undefined) this.#counts.clear();
    else this.#counts.delete(counted);
  }
}

/** Milliseconds in which services answered the batches of a function. */
export const answerTime = ({ batches }: FunctionStats): number => batches.count * batches.callTimeMs.avg;
