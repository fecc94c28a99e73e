import type { FunctionStats, MlFunctionName } from 'aws-ml-core';

/** What pg_stat_user_functions says of a function. */
export interface CallCount {
  readonly function: MlFunctionName;
  readonly calls: number;
  /** Milliseconds in which services answered. */
  readonly totalTime: number;
}

/**
 * Calls of ML functions that the server has not seen, because their rows went through a batch scan: for sessions that
 * track functions. Of one pool, since its start or the latest `pg_stat_reset()`.
 */
export class CallCounters {
  readonly #counts = new Map<MlFunctionName, CallCount>();

  add(stats: readonly FunctionStats[]): void {
    for (const { function: name, inputs, batches } of stats) {
      if (inputs === 0) continue;
      const { calls, totalTime } = this.#counts.get(name) ?? { calls: 0, totalTime: 0 };
      const time = batches.count * batches.callTimeMs.avg;
      this.#counts.set(name, { function: name, calls: calls + inputs, totalTime: totalTime + time });
    }
  }

  all(): CallCount[] {
    return [...this.#counts.values()];
  }

  reset(): void {
    this.#counts.clear();
  }
}
