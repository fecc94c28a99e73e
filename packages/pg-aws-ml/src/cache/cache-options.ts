import { positiveNumber, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import { isTableName, type TableName, tableName } from './cache-table-sql.js';

/** Where results are kept for later statements; in memory, in a table, or in both. */
export const cacheOptions = v.pipe(
  v.strictObject({
    /** Milliseconds for which a result holds. */
    ttlMs: positiveNumber(),
    /** Memory of this process for inputs and results, in bytes. Default: none where there is a table. */
    maxBytes: v.optional(wholeNumber(1)),
    /**
     * A table of the database, with its schema, or true for `_aws_ml.result_cache`; see docs/configuration.md for how it is
     * made. Default: none.
     */
    table: v.optional(
      v.custom<string | true>(isTableName, 'true or the name of a table with its schema, such as "app.ml_results"'),
    ),
  }),
  v.check(({ maxBytes, table }) => maxBytes !== undefined || table !== undefined, 'must have maxBytes, table or both'),
);

export interface CacheOptions extends Readonly<v.InferInput<typeof cacheOptions>> {}

export interface CacheTableOptions {
  readonly table: TableName;
  readonly ttlMs: number;
}

/** @returns undefined where no table is wanted */
export function cacheTableOptions(cache: CacheOptions | undefined): CacheTableOptions | undefined {
  return cache?.table === undefined ? undefined : { table: tableName(cache.table), ttlMs: cache.ttlMs };
}

/** The part of it that is kept in memory. */
export function memoryOptions(cache: CacheOptions | undefined) {
  return cache?.maxBytes === undefined ? undefined : { maxBytes: cache.maxBytes, ttlMs: cache.ttlMs };
}
