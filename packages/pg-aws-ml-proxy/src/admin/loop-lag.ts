import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
/** How long the longest lag is remembered, at least. */
const WINDOW_MS = 2_000;

/** How late the event loop was of late. */
export class LoopLag {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #since = performance.now();
  #latest = 0;

  constructor() {
    this.#histogram.enable();
  }

  /** The longest of the window. */
  milliseconds(): number {
    const now = performance.now();
    // The histogram counts the interval itself.
    if (this.#histogram.count > 0) this.#latest = Math.max(0, this.#histogram.max / 1e6 - RESOLUTION_MS);
    if (now - this.#since >= WINDOW_MS) {
      this.#histogram.reset();
      this.#since = now;
    }
    return this.#latest;
  }

  close(): void {
    this.#histogram.disable();
  }
}
