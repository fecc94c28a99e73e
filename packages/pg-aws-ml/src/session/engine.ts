import type { EventEmitter } from 'node:events';
import { type FunctionStats, Invoker } from 'aws-ml-core';
import { cacheTableOptions, memoryOptions } from '../cache/cache-options.js';
import { CacheTable, type CacheTableStats } from '../cache/cache-table.js';
import { originOf } from '../cache/origin.js';
import { Observability } from '../observability/observability.js';
import type { AwsMlOptions } from '../pool-state/aws-ml-options.js';
import { EngineState } from '../pool-state/engine-state.js';
import { type ForcedWayOption, forcedWay } from '../pool-state/forced-way.js';
import type { Connect } from '../server/own-connection.js';
import { outsidePoolCode, outsidePoolHint } from '../stubs/names.js';
import type { Interceptor } from './interceptor.js';

/**
 * The engine behind the sessions of one user in one database. Does no I/O before the first statement that concerns it.
 */
export class Engine {
  readonly #state: EngineState;

  /** @param emitter gets the event `awsMl:batch` */
  constructor(options: AwsMlOptions, emitter: EventEmitter) {
    const { cache, logger, ...forInvoker } = options;
    const table = cacheTableOptions(cache);
    const store = table && new CacheTable(table, originOf(options), (failure) => observability.cacheFailed(failure));
    // Credentials are hidden from copies.
    const { credentials } = options;
    const own = { cache: memoryOptions(cache), store, ...(credentials !== undefined && { credentials }) };
    const invoker = new Invoker({ ...forInvoker, ...own });
    const observability = new Observability(emitter, logger, () => invoker.concurrencyLimits());
    this.#state = new EngineState(invoker, observability, store);
    this.#state.forcedWay = (options as ForcedWayOption)[forcedWay];
  }

  /** @param connect opens a connection of the engine's own, for live answers and the cache's table */
  openSession(connect: Connect): Interceptor {
    const state = this.#state;
    state.answering.connectBy(connect);
    state.cacheTable?.connectBy(connect);
    return {
      concerns: (text) => state.concerns(text),
      isUnsure: (text) => state.isUnsure(text),
      // Loaded with the first of them: most of the package is for statements that concern us.
      run: async (connection, statement, sink, signal) => {
        const { runStatement } = await import('./run-statement.js');
        return runStatement(state, connection, statement, sink, signal);
      },
      // Somebody else has made it reach an ML function since its names were learnt, or its names cannot be known.
      reachedMl: ({ code, hint }, text) => {
        if (code !== outsidePoolCode || hint !== outsidePoolHint) return false;
        state.forgetCatalog();
        if (text !== undefined) state.recogniser.remember(text);
        return true;
      },
    };
  }

  stats(): FunctionStats[] {
    return this.#state.invoker.stats();
  }

  cacheTable(): CacheTableStats | undefined {
    return this.#state.cacheTable?.stats();
  }

  resetStats(): void {
    this.#state.invoker.resetStats();
    this.#state.cacheTable?.resetStats();
  }

  async close(): Promise<void> {
    this.#state.answering.close();
    this.#state.invoker.close();
    await this.#state.cacheTable?.close();
    this.#state.observability.close();
  }
}
