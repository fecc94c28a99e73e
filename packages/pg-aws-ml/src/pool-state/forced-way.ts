import type { ExecutionMode } from '../observability/pool-observer.js';
import { featureNotSupported } from '../server/database-error.js';

/**
 * An option of `awsMl` for tests alone, which no type shows: every statement with ML calls runs in this way, or is
 * declined with a `WayDeclined` before anything is sent.
 */
export const forcedWay: unique symbol = Symbol('pg-aws-ml.forcedWay');

export interface ForcedWayOption {
  readonly [forcedWay]?: ExecutionMode;
}

/** SQLSTATE 0A000; marked, to be told from what an application may get to see. */
const declined: unique symbol = Symbol('pg-aws-ml.wayDeclined');

/** @param reason in words without customer text */
export function wayDeclined(way: ExecutionMode, reason: string): Error {
  return Object.assign(featureNotSupported(`the statement cannot run by ${way}: ${reason}`), { [declined]: reason });
}

/** Why the forced way was declined; undefined for every other error. */
export const reasonOfDecline = (error: unknown): string | undefined =>
  (error as { [declined]?: string } | undefined)?.[declined];
