import type pg from 'pg';
import type { AwsMlFailure } from './stubs/failed-call.js';

/** The error of a statement that has failed because an ML call in it has. */
export interface AwsMlDatabaseError extends pg.DatabaseError {
  readonly awsMl: AwsMlFailure;
}

/**
 * Whether an error is that of a failed ML call, whichever way the statement ran.
 *
 * @example
 * if (isAwsMlError(error) && error.awsMl.retryable) await tryAgainLater();
 */
export const isAwsMlError = (error: unknown): error is AwsMlDatabaseError =>
  typeof error === 'object' && error !== null && 'awsMl' in error && typeof error.awsMl === 'object';
