import type { MlResult } from './ml-call.js';
import type { MlFunctionName } from './ml-function.js';
import type { MlTarget } from './ml-service.js';

/** The calls of one function that differ in their inputs alone. */
export interface StoredTarget extends MlTarget {
  readonly function: MlFunctionName;
}

export interface StoredResult {
  readonly result: MlResult;
  /** Milliseconds for which it still holds. */
  readonly ttlMs: number;
}

/** Results that outlive the process, or that several processes share. */
export interface ResultStore {
  /**
   * Looks for the results of many inputs at once. Resolves with as many entries, in their order; undefined where there is
   * no result. A rejection means that there is none at all.
   */
  getMany(target: StoredTarget, inputs: readonly string[]): Promise<readonly (StoredResult | undefined)[]>;
  /** Keeps results. Nobody waits for it, and what goes wrong fails no statement. */
  putMany(target: StoredTarget, results: readonly (readonly [input: string, result: MlResult])[]): void;
}
