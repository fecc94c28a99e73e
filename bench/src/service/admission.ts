export interface Quota {
  /** Requests a second, as a token bucket that holds `burst` of them; no bound where absent. */
  readonly perSecond?: number | undefined;
  /** Default: one second's worth. */
  readonly burst?: number | undefined;
  /** Requests at once; no bound where absent. */
  readonly atOnce?: number | undefined;
}

/** Decides which requests are throttled. */
export class Admission {
  #quota: Quota = {};
  #tokens = 0;
  #refilledAt = 0;
  #running = 0;

  configure(quota: Quota): void {
    this.#quota = quota;
    this.#tokens = this.#capacity;
    this.#refilledAt = performance.now();
  }

  get #capacity(): number {
    return this.#quota.burst ?? this.#quota.perSecond ?? 0;
  }

  enter(): boolean {
    const { perSecond, atOnce } = this.#quota;
    if (atOnce !== undefined && this.#running >= atOnce) return false;
    if (perSecond !== undefined) {
      const now = performance.now();
      this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#refilledAt) / 1_000) * perSecond);
      this.#refilledAt = now;
      if (this.#tokens < 1) return false;
      this.#tokens -= 1;
    }
    this.#running += 1;
    return true;
  }

  leave(): void {
    this.#running -= 1;
  }
}
