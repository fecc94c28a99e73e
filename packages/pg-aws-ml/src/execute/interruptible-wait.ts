import type { ServerConnection } from '../server/server-connection.js';

/** Services that answer within this time cost no query. */
const GRACE_MS = 20;
/** The server sleeps a part of the time that has passed, twice: by so much a query behind the wait may be late. */
const SHARE_OF_PASSED = 0.05;
const MIN_SLEEP_MS = 3;
const MAX_SLEEP_MS = 20;

interface Vigil {
  waiters: number;
  /** Rejects when the server is interrupted. */
  readonly kept: Promise<void>;
}

/** What waits on the same connection at the same time shares one. */
const vigils = new WeakMap<ServerConnection, Vigil>();

/**
 * Waits for services in such a way that `pg_cancel_backend` ends the statement at once.
 *
 * A server that waits for the client's next query ignores requests to cancel (PostgreSQL's `DoingCommandRead`), so it is
 * kept running something.
 *
 * @throws the server's error where it was cancelled, or its connection lost
 */
export async function waitInterruptibly(connection: ServerConnection, settled: Promise<unknown>): Promise<void> {
  if (await settlesWithinGrace(settled)) return;
  const vigil = vigils.get(connection) ?? beginVigil(connection);
  vigil.waiters += 1;
  try {
    await Promise.race([settled, vigil.kept]);
  } finally {
    vigil.waiters -= 1;
  }
}

function beginVigil(connection: ServerConnection): Vigil {
  const vigil: Vigil = { waiters: 0, kept: Promise.resolve().then(() => keepRunning(connection, vigil)) };
  // Who waits no longer finds the failure in its next query.
  vigil.kept.catch(() => {});
  vigils.set(connection, vigil);
  return vigil;
}

/** Sends each sleep while the one before it runs, so that the server never waits for a query. */
async function keepRunning(connection: ServerConnection, vigil: Vigil): Promise<void> {
  const started = performance.now() - GRACE_MS;
  try {
    let running = sleepOnServer(connection, started);
    while (vigil.waiters > 0) {
      const next = sleepOnServer(connection, started);
      await running;
      running = next;
    }
  } finally {
    vigils.delete(connection);
  }
}

function sleepOnServer(connection: ServerConnection, started: number): Promise<unknown> {
  const share = (performance.now() - started) * SHARE_OF_PASSED;
  const milliseconds = Math.min(MAX_SLEEP_MS, Math.max(MIN_SLEEP_MS, share));
  const sleep = connection.run('SELECT pg_catalog.pg_sleep($1)', { values: [String(milliseconds / 1000)] });
  sleep.catch(() => {});
  return sleep;
}

async function settlesWithinGrace(settled: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), GRACE_MS);
  });
  return Promise.race([settled.then(() => true), grace]).finally(() => clearTimeout(timer));
}
