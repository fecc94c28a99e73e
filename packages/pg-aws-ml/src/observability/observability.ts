import type { EventEmitter } from 'node:events';
import type { LaneLimit } from 'aws-ml-core';
import type { CacheFailure } from '../cache/outage.js';
import { BatchEvents } from './batch-events.js';
import { Log, type Logger } from './log.js';
import { isOpenTelemetryInUse, loadOpenTelemetry } from './open-telemetry.js';
import {
  type ConnectionChange,
  type PoolObserver,
  type StatementStart,
  type StatementWatch,
  watchTogether,
} from './pool-observer.js';

/** All who observe the statements of one pool, or of a client without a pool. */
export class Observability implements PoolObserver {
  readonly #observers: PoolObserver[];
  readonly #limits: () => readonly LaneLimit[];
  #loaded: Promise<void> | undefined;

  /**
   * @param emitter emits the events
   * @param limits the limits on concurrency that are in force
   * @param others who observe as well
   */
  constructor(
    emitter: EventEmitter,
    logger: Logger | undefined,
    limits: () => readonly LaneLimit[],
    ...others: readonly PoolObserver[]
  ) {
    this.#observers = [new BatchEvents(emitter), ...(logger === undefined ? [] : [new Log(logger)]), ...others];
    this.#limits = limits;
  }

  /** Loads OpenTelemetry with the first statement after the application has begun to use it. */
  load(): Promise<void> | undefined {
    if (this.#loaded === undefined && !isOpenTelemetryInUse()) return undefined;
    this.#loaded ??= loadOpenTelemetry(this.#limits).then((observer) => {
      if (observer !== undefined) this.#observers.push(observer);
    });
    return this.#loaded;
  }

  statement(start: StatementStart): StatementWatch | undefined {
    const watches = this.#observers.flatMap((observer) => observer.statement?.(start) ?? []);
    return watches.length > 1 ? watchTogether(watches) : watches[0];
  }

  namesLearnt(count: number): void {
    for (const observer of this.#observers) observer.namesLearnt?.(count);
  }

  answeringConnection(change: ConnectionChange): void {
    for (const observer of this.#observers) observer.answeringConnection?.(change);
  }

  cacheFailed(failure: CacheFailure): void {
    for (const observer of this.#observers) observer.cacheFailed?.(failure);
  }

  close(): void {
    for (const observer of this.#observers) observer.close?.();
  }
}
