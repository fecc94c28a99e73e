import type { ServerConnection } from '../server/server-connection.js';
import { observeLateness } from './event-loop-lateness.js';
import { Vigil } from './vigil.js';

/** Services that answer within this time cost no query. */
const GRACE_MS = 20;

/**
 * Waits for services in such a way that `pg_cancel_backend` ends the statement at once.
 *
 * @throws the server's error where it was cancelled, or its connection lost
 */
export async function waitInterruptibly(connection: ServerConnection, settled: Promise<unknown>): Promise<void> {
  const started = performance.now();
  if (await settlesWithinGrace(settled, started)) return;
  const vigil = Vigil.over(connection, started);
  try {
    await Promise.race([settled, vigil.broken]);
  } finally {
    vigil.leave();
  }
}

async function settlesWithinGrace(settled: Promise<unknown>, started: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      observeLateness(started + GRACE_MS);
      // An answer that has arrived while the event loop was busy comes first.
      setImmediate(() => resolve(false));
    }, GRACE_MS);
  });
  return Promise.race([settled.then(() => true), grace]).finally(() => clearTimeout(timer));
}
