import type { EventEmitter } from 'node:events';
import { type BudgetState, type FunctionStats, Invoker, type LaneLimit } from 'aws-ml-core';
import { cacheTableOptions, memoryOptions } from '../cache/cache-options.js';
import { CacheTable } from '../cache/cache-table.js';
import type { CacheTableStats } from '../cache/cache-table-stats.js';
import { originOf } from '../cache/origin.js';
import { openPoolModels, PoolModels, poolModels } from '../models/pool-models.js';
import { Observability } from '../observability/observability.js';
import type { PoolObserver } from '../observability/pool-observer.js';
import type { AwsMlOptions } from '../pool-state/aws-ml-options.js';
import { EngineState } from '../pool-state/engine-state.js';
import { type ForcedWayOption, forcedWay } from '../pool-state/forced-way.js';
import { Transfers } from '../pool-state/transfers.js';
import type { KnownNames } from '../recognise/known-names.js';
import type { Connect } from '../server/own-connection.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { Statement, StatementRunner } from '../server/statement.js';
import { lookingAtModels } from './looking-at-models.js';
import { type Preparation, prepareStatement } from './prepare-statement.js';
import { runStatement } from './run-statement.js';

export interface EngineSurroundings {
  /** Gets the event `awsMl:batch`. */
  readonly emitter: EventEmitter;
  readonly names: KnownNames;
  /** Opens a connection of the engine's own, for live answers and the cache's table. */
  readonly connect: Connect;
  readonly observer: PoolObserver | undefined;
}

/** What is for statements that concern us, and most of the package: see `Engine`. */
export class LoadedEngine {
  readonly #state: EngineState;

  constructor(options: AwsMlOptions, { emitter, names, connect, observer }: EngineSurroundings) {
    const { cache, logger, training = {}, s3, ...forInvoker } = options;
    const table = cacheTableOptions(cache);
    const store = table && new CacheTable(table, originOf(options), (failure) => observability.cacheFailed(failure));
    // Credentials are hidden from copies.
    const { credentials } = options;
    const own = { cache: memoryOptions(cache), store, ...(credentials !== undefined && { credentials }) };
    const invoker = new Invoker({ ...forInvoker, ...own });
    const others = observer === undefined ? [] : [observer];
    const observability = new Observability(emitter, logger, () => invoker.concurrencyLimits(), ...others);
    const transfers = new Transfers({ ...options, ...(credentials !== undefined && { credentials }) }, s3);
    this.#state = new EngineState(invoker, observability, { names, cacheTable: store, transfers });
    this.#state.forcedWay = (options as ForcedWayOption)[forcedWay];
    this.#state.answering.connectBy(connect);
    store?.connectBy(connect);
    openPoolModels(this.#state, new PoolModels(options, training, connect));
    this.run = lookingAtModels(this.#state, (connection, statement, sink, signal) =>
      runStatement(this.#state, connection, statement, sink, signal),
    );
  }

  readonly run: StatementRunner;

  prepare(connection: ServerConnection, statement: Statement, signal: AbortSignal): Promise<Preparation> {
    return prepareStatement(this.#state, connection, statement, signal);
  }

  forgetCatalog(): void {
    this.#state.forgetCatalog();
  }

  stats(): FunctionStats[] {
    return this.#state.invoker.stats();
  }

  concurrencyLimits(): LaneLimit[] {
    return this.#state.invoker.concurrencyLimits();
  }

  budget(): BudgetState | undefined {
    return this.#state.invoker.budget();
  }

  cacheTable(): CacheTableStats | undefined {
    return this.#state.cacheTable?.stats();
  }

  resetStats(): void {
    this.#state.invoker.resetStats();
    this.#state.cacheTable?.resetStats();
  }

  async close(): Promise<void> {
    await poolModels(this.#state).close();
    this.#state.answering.close();
    this.#state.invoker.close();
    this.#state.transfers.close();
    await this.#state.cacheTable?.close();
    this.#state.observability.close();
  }
}
