import type { MlFunctionName, MlResult, ResultStore, StoredResult, StoredTarget } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';
import { type Connect, OwnConnection } from '../server/own-connection.js';
import type { BoundValue, RawRow } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { resultKey } from '../stubs/result-key.js';
import type { CacheTableOptions } from './cache-options.js';
import { deleteExpired, insertResults, selectResults, transactionSettings } from './cache-table-sql.js';
import { type CacheTableStats, noStats } from './cache-table-stats.js';
import { type CacheFailure, Outage } from './outage.js';
import { type PendingResult, PendingResults } from './pending-results.js';

/** Unused for so long, the connection is closed. */
const IDLE_MS = 30_000;
/** A database that takes longer is left alone for a while. */
const DEADLINE_MS = 5_000;
const PRUNE_EVERY_MS = 60_000;

/**
 * A table that keeps results for later statements, of other processes too. It has a connection of its own, in
 * transactions of their own: what it keeps outlasts a ROLLBACK of the statement, and its failures are not the statement's.
 */
export class CacheTable implements ResultStore {
  readonly #options: CacheTableOptions;
  readonly #originOf: (name: MlFunctionName) => string;
  readonly #own = new OwnConnection({ idleMs: IDLE_MS });
  readonly #pending = new PendingResults();
  readonly #reading: Outage;
  readonly #writing: Outage;
  /** Writes under way. */
  readonly #writes = new Set<Promise<void>>();
  #scheduled = false;
  #pruned = 0;
  #stats = noStats;

  /**
   * @param originOf where the answers for a function come from: its results are no others'
   * @param onFailure told of each failure after which the table is left alone for a while
   */
  constructor(
    options: CacheTableOptions,
    originOf: (name: MlFunctionName) => string,
    onFailure: (failure: CacheFailure) => void,
  ) {
    this.#options = options;
    this.#originOf = originOf;
    const { schema, name } = options.table;
    this.#reading = new Outage('read', `${schema}.${name}`, onFailure);
    this.#writing = new Outage('written', `${schema}.${name}`, onFailure);
  }

  /** Takes over how a client connects: the first one's way stays. */
  connectBy(connect: Connect): void {
    this.#own.connectBy(connect);
  }

  async getMany(target: StoredTarget, inputs: readonly string[]): Promise<readonly (StoredResult | undefined)[]> {
    const found: (StoredResult | undefined)[] = new Array(inputs.length).fill(undefined);
    if (this.#reading.lasts) return found;
    // What was answered before is there by the time this is looked up.
    this.#write();
    this.#count({ lookedUp: inputs.length });
    const keys = inputs.map((input) => this.#keyOf(target, input));
    try {
      for (const row of await this.#run(selectResults(this.#options.table), [arrayLiteral(keys)])) {
        found[Number(row[0]) - 1] = storedResult(target.function, row);
      }
    } catch (error) {
      this.#count({ failures: 1 });
      this.#reading.begin(error);
    }
    this.#count({ found: found.filter((one) => one !== undefined).length });
    return found;
  }

  putMany(target: StoredTarget, results: readonly (readonly [input: string, result: MlResult])[]): void {
    for (const [input, result] of results) {
      const kept = !this.#writing.lasts && this.#pending.add(this.#keyOf(target, input), target, result);
      if (!kept) this.#count({ dropped: 1 });
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#write());
  }

  stats(): CacheTableStats {
    return this.#stats;
  }

  resetStats(): void {
    this.#stats = noStats;
  }

  /** Waits for what is on its way to the table. */
  async close(): Promise<void> {
    this.#write();
    while (this.#writes.size > 0) await Promise.all(this.#writes);
    await this.#own.close();
  }

  #keyOf(target: StoredTarget, input: string): string {
    return `\\x${resultKey(target.function, [this.#originOf(target.function), ...target.arguments, input])}`;
  }

  /** Sends everything that waits. */
  #write(): void {
    this.#scheduled = false;
    for (let rows = this.#pending.take(); rows.length > 0; rows = this.#pending.take()) {
      const writing = this.#insert(rows).finally(() => this.#writes.delete(writing));
      this.#writes.add(writing);
    }
  }

  async #insert(rows: readonly PendingResult[]): Promise<void> {
    const { table, ttlMs } = this.#options;
    try {
      await this.#run(insertResults(table), [
        arrayLiteral(rows.map(({ key }) => key)),
        arrayLiteral(rows.map(({ target }) => target.function)),
        arrayLiteral(rows.map(({ target }) => target.name)),
        arrayLiteral(rows.map(({ result }) => result)),
        `${ttlMs} milliseconds`,
      ]);
      this.#count({ written: rows.length });
    } catch (error) {
      this.#count({ failures: 1, dropped: rows.length });
      this.#writing.begin(error);
    } finally {
      this.#pending.written(rows);
    }
    if (this.#writing.lasts || Date.now() < this.#pruned + PRUNE_EVERY_MS) return;
    this.#pruned = Date.now();
    // Who may not delete leaves it to others.
    await this.#run(deleteExpired(table), []).catch(() => {});
  }

  /** One query in a transaction of its own. */
  async #run(sql: string, values: readonly BoundValue[]): Promise<readonly RawRow[]> {
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => {
        this.#own.destroy();
        reject(new Error('the database did not answer in time'));
      }, DEADLINE_MS);
    });
    try {
      return await Promise.race([this.#query(sql, values), late]);
    } finally {
      clearTimeout(deadline);
    }
  }

  async #query(sql: string, values: readonly BoundValue[]): Promise<readonly RawRow[]> {
    const connection = await this.#own.acquire();
    try {
      const settings = connection.run(transactionSettings);
      const [, { rows }] = await Promise.all([settings, connection.run(sql, { values }), connection.sync()]);
      return rows;
    } finally {
      this.#own.release();
    }
  }

  #count(more: Partial<CacheTableStats>): void {
    const sums = Object.entries(more).map(([name, n]) => [name, this.#stats[name as keyof CacheTableStats] + n]);
    this.#stats = { ...this.#stats, ...Object.fromEntries(sums) };
  }
}

/** Undefined where the row has no result of the function: then somebody else has written it. */
function storedResult(name: MlFunctionName, [, text, seconds]: RawRow): StoredResult | undefined {
  const result: unknown = JSON.parse(text ?? 'null');
  const isValue = (value: unknown) => value === null || typeof value === 'string';
  if (!Array.isArray(result) || result.length !== mlFunctionsByName.get(name)?.results.length || !result.every(isValue))
    return undefined;
  return { result, ttlMs: Number(seconds) * 1000 };
}
