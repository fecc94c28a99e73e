import type { FunctionStats } from 'aws-ml-core';
import type { CacheTableStats } from '../../cache/cache-table-stats.js';

/** What a Pool adds to pg's: counts of the ML calls of all its statements. */
export interface AwsMl {
  /** One entry for each ML function that was called, since the Pool was made or the latest `resetStats`. */
  stats(): FunctionStats[];
  /** Counts of the cache's table; undefined where `cache.table` isn't set. */
  cacheTable(): CacheTableStats | undefined;
  resetStats(): void;
}
