import type { TableName } from './cache-table-sql.js';
import { tableName } from './cache-table-sql.js';

/** Where results are kept for later statements; in memory, in a table, or in both. */
export interface CacheOptions {
  /** Milliseconds for which a result holds. */
  readonly ttlMs: number;
  /** Memory of this process for inputs and results. Default: none where there is a table. */
  readonly maxBytes?: number | undefined;
  /**
   * A table of the database, with its schema, or true for `_aws_ml.result_cache`; see docs/configuration.md for how it is
   * made. Default: none.
   */
  readonly table?: string | true | undefined;
}

export interface CacheTableOptions {
  readonly table: TableName;
  readonly ttlMs: number;
}

/**
 * @returns undefined where no table is wanted
 * @throws TypeError where the options make no sense
 */
export function cacheTableOptions(cache: CacheOptions | undefined): CacheTableOptions | undefined {
  if (cache === undefined) return undefined;
  const { ttlMs, maxBytes, table } = cache;
  if (!(ttlMs > 0)) throw new TypeError(`cache.ttlMs must be a number of milliseconds, but got: ${ttlMs}`);
  if (table === undefined && maxBytes === undefined) throw new TypeError('cache needs maxBytes, table or both');
  return table === undefined ? undefined : { table: tableName(table), ttlMs };
}

/** The part of it that is kept in memory. */
export function memoryOptions(cache: CacheOptions | undefined) {
  return cache?.maxBytes === undefined ? undefined : { maxBytes: cache.maxBytes, ttlMs: cache.ttlMs };
}
