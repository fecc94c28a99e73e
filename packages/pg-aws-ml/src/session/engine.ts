import type { EventEmitter } from 'node:events';
import type { BudgetState, FunctionStats, LaneLimit } from 'aws-ml-core';
import { type CacheTableStats, noStats } from '../cache/cache-table-stats.js';
import type { PoolObserver } from '../observability/pool-observer.js';
import type { AwsMlOptions } from '../pool-state/aws-ml-options.js';
import { KnownNames } from '../recognise/known-names.js';
import type { Connect } from '../server/own-connection.js';
import { outsidePoolCode, outsidePoolHint } from '../stubs/names.js';
import type { Interceptor } from './interceptor.js';
import type { LoadedEngine } from './loaded-engine.js';

/**
 * The engine behind the sessions of one user in one database. It is loaded with the first statement that may concern it,
 * and does no I/O before: a process that sends none pays for what recognises them alone.
 */
export class Engine {
  readonly #options: AwsMlOptions;
  readonly #emitter: EventEmitter;
  readonly #observer: PoolObserver | undefined;
  readonly #names = new KnownNames();
  #connect: Connect | undefined;
  #loading: Promise<LoadedEngine> | undefined;
  #loaded: LoadedEngine | undefined;

  /**
   * @param emitter gets the event `awsMl:batch`
   * @param observer is told what the statements do
   */
  constructor(options: AwsMlOptions, emitter: EventEmitter, observer?: PoolObserver) {
    this.#observer = observer;
    this.#options = options;
    this.#emitter = emitter;
  }

  /** @param connect opens a connection of the engine's own, for live answers and the cache's table; the first one's way stays */
  openSession(connect: Connect): Interceptor {
    const names = this.#names;
    this.#connect ??= connect;
    const way = this.#connect;
    return {
      concerns: (text) => names.concerns(text),
      isUnsure: (text) => names.isUnsure(text),
      run: async (connection, statement, sink, signal) => {
        const engine = this.#loaded ?? (await this.#load(way));
        return engine.run(connection, statement, sink, signal);
      },
      mustPrepare: (text) => names.mustPrepare(text),
      prepare: async (connection, statement, signal) => {
        const engine = this.#loaded ?? (await this.#load(way));
        return engine.prepare(connection, statement, signal);
      },
      maySayMore: (error, text) => text !== undefined && names.maySayMore(error, text),
      // Somebody else has made it reach an ML function since its names were learnt, or its names cannot be known.
      reachedMl: ({ code, hint }, text) => {
        if (code !== outsidePoolCode || hint !== outsidePoolHint) return false;
        if (this.#loaded === undefined) names.forget();
        else this.#loaded.forgetCatalog();
        if (text !== undefined) names.recogniser.remember(text);
        return true;
      },
    };
  }

  #load(connect: Connect): Promise<LoadedEngine> {
    this.#loading ??= this.#open(connect).catch((error: unknown) => {
      // Whoever comes next may have more memory, or the file.
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #open(connect: Connect): Promise<LoadedEngine> {
    const { LoadedEngine } = await import('./loaded-engine.js');
    this.#loaded = new LoadedEngine(this.#options, {
      emitter: this.#emitter,
      names: this.#names,
      connect,
      observer: this.#observer,
    });
    return this.#loaded;
  }

  stats(): FunctionStats[] {
    return this.#loaded?.stats() ?? [];
  }

  /** The limits on concurrency that are in force; those of services and targets that were not called are missing. */
  concurrencyLimits(): LaneLimit[] {
    return this.#loaded?.concurrencyLimits() ?? [];
  }

  /** What all statements together may send, and have sent; undefined where there is no bound, or none has run yet. */
  budget(): BudgetState | undefined {
    return this.#loaded?.budget();
  }

  cacheTable(): CacheTableStats | undefined {
    if (this.#options.cache?.table === undefined) return undefined;
    return this.#loaded?.cacheTable() ?? noStats;
  }

  resetStats(): void {
    this.#loaded?.resetStats();
  }

  async close(): Promise<void> {
    const engine = await this.#loading?.catch(() => undefined);
    await engine?.close();
  }
}
