import type { SharedOptions, TrainingOptions } from 'aws-ml-core/options';
import type { EngineState } from '../pool-state/engine-state.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { type Connect, OwnConnection } from '../server/own-connection.js';
import type { ServerConnection } from '../server/server-connection.js';
import { takeStep } from './advance-model.js';
import type { ModelContext } from './model-context.js';
import type { ModelServices } from './model-services.js';
import { unfinishedModels } from './model-table.js';

/** Without a step to take for so long, the connection is closed. */
const IDLE_MS = 10_000;

/** Steps are not the application's statements. */
const SET_UP =
  'SET default_transaction_read_only = off; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0';

/** How often the background looks: more and more seldom. */
const FIRST_LOOK_MS = 500;
const LAST_LOOK_MS = 15_000;
const SLOWER = 1.5;

/** The models of a pool's database: what AWS is asked with, and who goes on with those that are unfinished. */
export class PoolModels {
  readonly options: TrainingOptions;
  readonly #addresses: SharedOptions;
  readonly #own = new OwnConnection({ idleMs: IDLE_MS, setUp: SET_UP });
  readonly #closing = new AbortController();
  #services: Promise<ModelServices> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #delay = FIRST_LOOK_MS;

  constructor(options: SharedOptions, training: TrainingOptions, connect: Connect) {
    this.#addresses = options;
    this.options = training;
    this.#own.connectBy(connect);
  }

  /** Loads them when they are first needed. */
  services(): Promise<ModelServices> {
    this.#services ??= this.#loadServices().catch((error: unknown) => {
      this.#services = undefined;
      throw error;
    });
    return this.#services;
  }

  async #loadServices(): Promise<ModelServices> {
    const [{ S3 }, { TrainingOperations }] = await Promise.all([
      import('aws-ml-core/s3'),
      import('aws-ml-core/training'),
    ]);
    return { training: new TrainingOperations(this.#addresses), objects: new S3(this.#addresses) };
  }

  /** Takes the steps of one model, or of all that are unfinished, as far as they can be taken now. */
  advance(id?: string): Promise<void> {
    return this.#onOwnConnection(async (connection) => {
      const ids = id === undefined ? await this.#unfinished(connection) : [id];
      if (ids.length === 0) return;
      const services = await this.services();
      for (const one of ids) {
        while ((await takeStep(connection, services, one, { signal: this.#closing.signal })) === 'again');
      }
    });
  }

  async #unfinished(connection: ServerConnection): Promise<string[]> {
    const models = await unfinishedModels(connection);
    await connection.sync();
    return models.map(({ id }) => id);
  }

  /** Goes on in the background until nothing is unfinished. Keeps no process alive. */
  watch(): void {
    this.#delay = FIRST_LOOK_MS;
    this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#look(), this.#delay);
    this.#timer.unref();
    this.#delay = Math.min(LAST_LOOK_MS, this.#delay * SLOWER);
  }

  async #look(): Promise<void> {
    try {
      await this.advance();
      const left = await this.#onOwnConnection((connection) => this.#unfinished(connection));
      if (left.length > 0) this.#lookLater();
    } catch {
      // Whoever looks next tries it again.
      this.#lookLater();
    }
  }

  /** One after the other. */
  #onOwnConnection<T>(work: (connection: ServerConnection) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      this.#closing.signal.throwIfAborted();
      const connection = await this.#own.acquire();
      try {
        return await work(connection);
      } finally {
        if (!connection.synced) await connection.sync().catch(() => {});
        this.#own.release();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#turn;
    await this.#own.close();
    await this.#services?.then(
      ({ training, objects }) => {
        training.close();
        objects.close();
      },
      () => {},
    );
  }
}

const ofStates = new WeakMap<EngineState, PoolModels>();

export function openPoolModels(state: EngineState, models: PoolModels): void {
  ofStates.set(state, models);
}

export function poolModels(state: EngineState): PoolModels {
  const models = ofStates.get(state);
  if (models === undefined) throw new Error('the pool was opened without models');
  return models;
}

/** What a statement about models is run with. */
export function modelContext({ state, connection, inBlock, sink, signal }: StatementContext): ModelContext {
  const models = poolModels(state);
  return {
    connection,
    inBlock,
    sink,
    signal,
    options: models.options,
    services: () => models.services(),
    watch: () => models.watch(),
    advance: (id) => models.advance(id),
  };
}
