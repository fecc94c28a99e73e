import type { ExecutionMode } from '../observability/pool-observer.js';

/**
 * Thrown by a way of running that finds out on its own that it cannot answer a statement as native evaluation would.
 * Nothing has been answered or written then, and the connection is ready for another attempt: `choose-way.ts` decides
 * which.
 */
export class WayRefused extends Error {
  /** @param reason in words without customer text */
  constructor(
    readonly way: Exclude<ExecutionMode, 'live'>,
    readonly reason: string,
  ) {
    super(reason);
  }
}
