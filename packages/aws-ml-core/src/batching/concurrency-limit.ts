/** Requests at once before anything is known of a service. */
const firstLimit = 16;
/** Answers after which one more at once is tried; doubled each time that it turns out one too many. */
const firstProbeAfter = 32;
const longestProbeAfter = 1_024;
const longestPauseMs = 5_000;
const shortestPauseMs = 5;
/** Part of the time of an answer over which the requests at once are spread. */
const spread = 0.75;
/** Below it, timers are too coarse to spread requests. */
const spreadFromMs = 4;

/**
 * How many requests a service takes at once, found out by trying: doubled with each round of answers up to the first
 * throttle, then halved, and from there one more at a time, ever more seldom where that is too many. While answers
 * become slower the limit doesn't grow: more at once would only queue at the service.
 *
 * Requests are spread over the time of an answer: those that follow at once on a wave of answers would all be
 * throttled before the first of them has told so.
 */
export class ConcurrencyLimit {
  readonly #most: number;
  readonly #random: () => number;
  #limit: number;
  /** Below it the limit grows by one with each answer. */
  #threshold: number;
  #answers = 0;
  #probeAfter = firstProbeAfter;
  #probing = false;
  #changedAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #throttlesInARow = 0;
  #nextStartAt = Number.NEGATIVE_INFINITY;
  #recentMs = 0;
  #usualMs = 0;

  constructor(most: number, random: () => number = Math.random) {
    this.#most = most;
    this.#random = random;
    this.#limit = Math.min(most, firstLimit);
    this.#threshold = most;
  }

  get current(): number {
    return this.#limit;
  }

  /** Milliseconds until the next request may start. */
  delay(now: number): number {
    return Math.max(this.#pausedUntil, this.#nextStartAt) - now;
  }

  started(now: number): void {
    if (this.#recentMs < spreadFromMs) return;
    const gap = (spread * this.#recentMs) / this.#limit;
    // A timer is up to a millisecond late: what it missed may be made up for.
    this.#nextStartAt = Math.max(this.#nextStartAt, now - 1) + gap;
  }

  /** A request was answered. `full` tells whether there was more to send than the limit allowed. */
  answered(latencyMs: number, full: boolean): void {
    this.#throttlesInARow = 0;
    this.#recentMs += (latencyMs - this.#recentMs) * (this.#recentMs === 0 ? 1 : 1 / 8);
    this.#usualMs += (latencyMs - this.#usualMs) * (this.#usualMs === 0 ? 1 : 1 / 64);
    this.#answers += 1;
    if (!full || this.#limit >= this.#most) return;
    if (this.#recentMs > 1.5 * this.#usualMs + 10) {
      this.#threshold = Math.min(this.#threshold, this.#limit);
    } else if (this.#limit < this.#threshold) {
      this.#limit += 1;
    } else if (this.#answers >= this.#probeAfter) {
      if (this.#probing) this.#probeAfter = firstProbeAfter;
      this.#limit += 1;
      this.#answers = 0;
      this.#probing = true;
    }
  }

  /** A request that started at `startedAt` was throttled. */
  throttled(startedAt: number, now: number): void {
    // It was under way when the limit was lowered: no news.
    if (startedAt < this.#changedAt) return;
    this.#changedAt = now;
    this.#throttlesInARow += 1;
    this.#answers = 0;
    if (this.#probing) {
      this.#probing = false;
      this.#probeAfter = Math.min(longestProbeAfter, this.#probeAfter * 2);
      this.#limit = Math.max(1, this.#limit - 1);
      this.#threshold = this.#limit;
    } else {
      this.#threshold = Math.max(1, this.#limit >> 1);
      this.#limit = Math.max(1, this.#threshold >> 1);
    }
    const pause = Math.max(shortestPauseMs, this.#recentMs / 2) * 2 ** (this.#throttlesInARow - 1);
    this.#pausedUntil = now + Math.min(longestPauseMs, pause) * (0.5 + this.#random() / 2);
  }
}
