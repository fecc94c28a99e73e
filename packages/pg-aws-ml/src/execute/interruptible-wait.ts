import type { ServerConnection } from '../server/server-connection.js';
import { waitingTable } from '../stubs/names.js';
import { observeLateness } from './event-loop-lateness.js';
import { SharedHold } from './shared-hold.js';
import { Vigil } from './vigil.js';

/** Services that answer within this time cost no query. */
const GRACE_MS = 20;

const COPY = `COPY ${waitingTable} FROM STDIN WHERE false`;

/** A connection whose server waits. */
export interface Waiting {
  readonly connection: ServerConnection;
  /** Whether a COPY into `waitingTable` succeeds. */
  readonly mayCopyIn: boolean;
}

/**
 * Waits for services in such a way that `pg_cancel_backend` ends the statement at once.
 *
 * @throws the server's error where it was cancelled, or its connection lost
 */
export async function waitInterruptibly({ connection, mayCopyIn }: Waiting, settled: Promise<unknown>): Promise<void> {
  const started = performance.now();
  if (await settlesWithinGrace(settled, started)) return;
  const byCopy = mayCopyIn && connection.canHold;
  const wait = byCopy ? SharedHold.of(connection, COPY) : Vigil.over(connection, started);
  try {
    await Promise.race([settled, wait.broken]);
  } finally {
    wait.leave();
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
