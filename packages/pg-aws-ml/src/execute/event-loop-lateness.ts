/** After so long a lateness counts half. */
const HALF_LIFE_MS = 1000;

let latest = { milliseconds: 0, at: 0 };

/** A timer has fired that was due then, in `performance.now()`'s time. */
export function observeLateness(due: number): void {
  const at = performance.now();
  latest = { milliseconds: Math.max(at - due, recentLateness(at)), at };
}

/** By how many milliseconds timers of this process are late in these seconds: its event loop is busy, or its machine. */
export function recentLateness(now = performance.now()): number {
  return latest.milliseconds * 2 ** ((latest.at - now) / HALF_LIFE_MS);
}
