import { observeTogether, type StatementObserver, withinAll } from 'aws-ml-core';
import type { CacheFailure } from '../cache/outage.js';

/** How the ML calls of a statement are made. */
export type ExecutionMode = 'batch' | 'replay' | 'live';

/** What is known of a statement before its calls are made. Times are `performance.now()`. */
export interface StatementStart {
  /** SELECT, UPDATE, …; nothing else of its text. */
  readonly command: string;
  readonly recognisedAt: number;
  readonly plannedAt: number;
  /** The same for statements that differ in constants alone: sixteen hexadecimal digits that tell nothing of the text. */
  fingerprint(): string;
}

export interface StatementEnd {
  /** Rows that were answered. */
  readonly rows: number;
  /** SQLSTATE, or the name of an error that has none; undefined where the statement succeeded. */
  readonly failure: string | undefined;
}

/** Is told of the course of one statement that makes ML calls. */
export interface StatementWatch extends StatementObserver {
  /** Runs the statement, so that what is observed underneath belongs to it. */
  within?<T>(work: () => Promise<T>): Promise<T>;
  /** The server has found the statement valid and permitted. */
  validated?(): void;
  /** @param reason why the calls are not in batches of one pass, in words without customer text */
  runs?(mode: ExecutionMode, reason?: string): void;
  ended?(end: StatementEnd): void;
}

/** What happens to the second connection of a pool; `lost` also where it could not be opened. */
export type ConnectionChange = 'opened' | 'closed' | 'lost';

/**
 * Is told what the statements of a pool do: the one way to events, logs, traces and metrics. It gets names, counts,
 * times and codes; no SQL, no customer text, no secrets.
 */
export interface PoolObserver {
  /** Where it gives nothing, it is not told of the course of that statement. */
  statement?(start: StatementStart): StatementWatch | undefined;
  /** The names through which ML functions can be called were read from the catalog. */
  namesLearnt?(count: number): void;
  answeringConnection?(change: ConnectionChange): void;
  /** The cache's table is left alone for a while. */
  cacheFailed?(failure: CacheFailure): void;
  /** The pool has ended. */
  close?(): void;
}

/** Lets several watch the same statement. */
export const watchTogether = (watches: readonly StatementWatch[]): StatementWatch => ({
  ...observeTogether(watches),
  within: (work) => withinAll(watches, work),
  validated() {
    for (const watch of watches) watch.validated?.();
  },
  runs(mode, reason) {
    for (const watch of watches) watch.runs?.(mode, reason);
  },
  sends(batch) {
    for (const watch of watches) watch.sends?.(batch);
  },
  budgetExceeded(error) {
    for (const watch of watches) watch.budgetExceeded?.(error);
  },
  closed(stats) {
    for (const watch of watches) watch.closed?.(stats);
  },
  ended(end) {
    for (const watch of watches) watch.ended?.(end);
  },
});
