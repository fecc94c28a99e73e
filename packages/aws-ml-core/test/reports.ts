import type { FailedAttempt, RequestReport, RequestsObserver } from '../src/observer.js';

/** An observer that keeps what it is told. */
export const reportsTo = (reports: RequestReport[], retries: FailedAttempt[] = []): RequestsObserver => ({
  request: () => ({
    ended: (report) => reports.push(report),
    retried: (failed) => retries.push(failed),
  }),
});
