import type { FunctionStats } from 'aws-ml-core';

/** What a Pool adds to pg's: counts of the ML calls of all its statements. */
export interface AwsMl {
  /** One entry for each ML function that was called, since the Pool was made or the latest `resetStats`. */
  stats(): FunctionStats[];
  resetStats(): void;
}
