import type { EventEmitter } from 'node:events';
import type { RequestReport } from 'aws-ml-core';
import type { PoolObserver, StatementWatch } from './pool-observer.js';
import { rethrowOutside } from './rethrow-outside.js';

/** The event `awsMl:batch`: a request to a service was answered, or has failed for good. */
export type BatchEvent = RequestReport;

const eventName = 'awsMl:batch';

/** Emits an event for each request of a statement that began while somebody was listening. */
export class BatchEvents implements PoolObserver {
  readonly #emitter: EventEmitter;
  readonly #watch: StatementWatch;

  constructor(emitter: EventEmitter) {
    this.#emitter = emitter;
    const ended = (report: BatchEvent) => rethrowOutside(() => emitter.emit(eventName, Object.freeze({ ...report })));
    this.#watch = { request: () => ({ ended }) };
  }

  statement(): StatementWatch | undefined {
    return this.#emitter.listenerCount(eventName) === 0 ? undefined : this.#watch;
  }
}
