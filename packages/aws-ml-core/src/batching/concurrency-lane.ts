import type { RequestFlow } from '../ml-service.js';
import type { ConcurrencyLimit } from './concurrency-limit.js';
import type { RequestQuota } from './request-quota.js';

/** Work that occupies a place of the lane until its promise is settled. It must not reject. */
export interface LaneTask {
  readonly inputs: number;
  run(flow: RequestFlow): Promise<void>;
}

/** When to give up on a service that throttles everything. */
export interface ThrottlePatience {
  readonly milliseconds: number;
  /** Attempts of a request, if that is reached earlier. */
  readonly attempts: number;
}

const defaultPatience: ThrottlePatience = { milliseconds: 10_000, attempts: Number.POSITIVE_INFINITY };

/**
 * Bounds how many tasks run at once, and how soon. Owners take turns: one with a thousand tasks waiting does not keep
 * another, who has two, from running them. A task whose request is throttled gives up its place and waits for a new
 * one, before the other tasks of its owner.
 */
export class ConcurrencyLane {
  readonly #limit: ConcurrencyLimit;
  readonly #quota: RequestQuota | undefined;
  readonly #patience: ThrottlePatience;
  #running = 0;
  /** In the order of their next turn; an owner is here only while it has something waiting. */
  readonly #waiting = new Map<object, Waiting[]>();
  #timer: NodeJS.Timeout | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(limit: ConcurrencyLimit, quota?: RequestQuota, patience: Partial<ThrottlePatience> = {}) {
    this.#limit = limit;
    this.#quota = quota;
    this.#patience = { ...defaultPatience, ...patience };
  }

  submit(owner: object, task: LaneTask): void {
    const place = new Place(this, owner, task.inputs);
    const start = () => {
      place.take();
      void task.run(place).finally(() => place.leave());
    };
    this.#wait(owner, { inputs: task.inputs, start, cancel: () => undefined }, 'last');
  }

  /** Forgets the owner's tasks that have not started; those that wait for a new place learn that there is none. */
  cancel(owner: object): void {
    const waiting = this.#waiting.get(owner) ?? [];
    this.#waiting.delete(owner);
    for (const { cancel } of waiting) cancel();
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Most tasks at once, as far as it has been found out. */
  get limit(): number {
    return this.#limit.current;
  }

  /** Whether nothing runs and nothing waits. */
  get idle(): boolean {
    return this.#running === 0 && this.#waiting.size === 0;
  }

  /** For the lane's places. */
  enter(): void {
    this.#running += 1;
  }

  /** For the lane's places. */
  leave(): void {
    this.#running -= 1;
    this.#startWaiting();
  }

  /** For the lane's places: a request was answered. */
  answered(latencyMs: number): void {
    this.#answeredAt = performance.now();
    this.#limit.answered(latencyMs, this.#waiting.size > 0);
  }

  /** For the lane's places: waits for another place after a throttled request. False where there will be none. */
  waitAgain(owner: object, inputs: number, throttle: Throttle, take: () => void): Promise<boolean> {
    const now = performance.now();
    this.#limit.throttled(throttle.startedAt, now);
    if (this.#answeredAt < throttle.firstAt && this.#isExhausted(throttle, now)) return Promise.resolve(false);
    return new Promise((resolve) => {
      const start = () => {
        take();
        resolve(true);
      };
      this.#wait(owner, { inputs, start, cancel: () => resolve(false) }, 'first');
    });
  }

  #isExhausted({ firstAt, count }: Throttle, now: number): boolean {
    return count >= this.#patience.attempts || now - firstAt > this.#patience.milliseconds;
  }

  #wait(owner: object, waiting: Waiting, position: 'first' | 'last'): void {
    const queue = this.#waiting.get(owner);
    if (queue === undefined) this.#waiting.set(owner, [waiting]);
    else if (position === 'first') queue.unshift(waiting);
    else queue.push(waiting);
    this.#startWaiting();
  }

  #startWaiting(): void {
    while (this.#waiting.size > 0 && this.#running < this.#limit.current) {
      const now = performance.now();
      const delay = Math.max(this.#limit.delay(now), this.#quota?.delay(now) ?? 0);
      if (delay > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#startWaiting();
        }, delay);
        return;
      }
      const next = this.#takeNext();
      this.#limit.started(now);
      this.#quota?.started(next.inputs, now);
      next.start();
    }
  }

  /** Takes turns between the owners. */
  #takeNext(): Waiting {
    const [owner, queue] = this.#waiting.entries().next().value as [object, Waiting[]];
    const next = queue.shift() as Waiting;
    this.#waiting.delete(owner);
    if (queue.length > 0) this.#waiting.set(owner, queue);
    return next;
  }
}

interface Waiting {
  readonly inputs: number;
  readonly start: () => void;
  readonly cancel: () => void;
}

interface Throttle {
  /** When the throttled request started. */
  readonly startedAt: number;
  /** When the task was first throttled since its latest answer, and how often it was since. */
  readonly firstAt: number;
  readonly count: number;
}

/** A running task's place in its lane. */
class Place implements RequestFlow {
  readonly #lane: ConcurrencyLane;
  readonly #owner: object;
  readonly #inputs: number;
  #startedAt = 0;
  #firstThrottleAt: number | undefined;
  #throttles = 0;
  #taken = false;
  #again: Promise<boolean> | undefined;

  constructor(lane: ConcurrencyLane, owner: object, inputs: number) {
    this.#lane = lane;
    this.#owner = owner;
    this.#inputs = inputs;
  }

  take(): void {
    this.#taken = true;
    this.#startedAt = performance.now();
    this.#lane.enter();
  }

  leave(): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.#lane.leave();
  }

  answered(latencyMs: number): void {
    this.#firstThrottleAt = undefined;
    this.#throttles = 0;
    this.#lane.answered(latencyMs);
  }

  throttled(): Promise<boolean> {
    this.#firstThrottleAt ??= performance.now();
    // Halves of a batch share a place.
    this.#again ??= this.#waitAgain(this.#firstThrottleAt);
    return this.#again;
  }

  async #waitAgain(firstAt: number): Promise<boolean> {
    this.#taken = false;
    this.#throttles += 1;
    const throttle = { startedAt: this.#startedAt, firstAt, count: this.#throttles };
    const granted = this.#lane.waitAgain(this.#owner, this.#inputs, throttle, () => this.take());
    this.#lane.leave();
    const again = await granted;
    this.#again = undefined;
    return again;
  }
}
