import type { Quota } from '../options/flow-options.js';

/** Share of a second's worth that may go at once. */
const burst = 0.1;

/** Spreads requests so that a quota isn't exceeded. A request with more inputs than there are tokens goes into debt. */
export class RequestQuota {
  readonly #requests: TokenBucket | undefined;
  readonly #inputs: TokenBucket | undefined;

  constructor({ requestsPerSecond, inputsPerSecond }: Quota) {
    this.#requests = requestsPerSecond === undefined ? undefined : new TokenBucket(requestsPerSecond);
    this.#inputs = inputsPerSecond === undefined ? undefined : new TokenBucket(inputsPerSecond);
  }

  /** Milliseconds until a request may start. */
  delay(now: number): number {
    return Math.max(this.#requests?.delay(now) ?? 0, this.#inputs?.delay(now) ?? 0);
  }

  started(inputs: number, now: number): void {
    this.#requests?.take(1, now);
    this.#inputs?.take(inputs, now);
  }
}

class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt = 0;

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1_000;
    this.#capacity = Math.max(1, perSecond * burst);
    this.#tokens = this.#capacity;
  }

  delay(now: number): number {
    this.#fill(now);
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#perMs;
  }

  take(tokens: number, now: number): void {
    this.#fill(now);
    this.#tokens -= tokens;
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
