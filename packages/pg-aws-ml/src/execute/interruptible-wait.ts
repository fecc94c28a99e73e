import type { ServerConnection } from '../server/server-connection.js';

/** Services that answer within this time cost no query. */
const GRACE_MS = 20;
/** The server sleeps a part of the time that has passed: by so much an answer may be noticed late. */
const SHARE_OF_PASSED = 0.1;
const MIN_SLEEP_MS = 5;
const MAX_SLEEP_MS = 50;

/** What waits on the same connection at the same time shares one sleep. */
const sleeping = new WeakMap<ServerConnection, Promise<unknown>>();

/**
 * Waits for services in such a way that `pg_cancel_backend` ends the statement at once.
 *
 * A server that waits for the client's next query ignores requests to cancel (PostgreSQL's `DoingCommandRead`), so it is
 * kept running something.
 *
 * @throws the server's error where it was cancelled, or its connection lost
 */
export async function waitInterruptibly(connection: ServerConnection, settled: Promise<unknown>): Promise<void> {
  const started = performance.now();
  let done = false;
  const end = settled.then(() => {
    done = true;
  });
  await withinGrace(end);
  while (!done) {
    const share = (performance.now() - started) * SHARE_OF_PASSED;
    await sleepOnServer(connection, Math.min(MAX_SLEEP_MS, Math.max(MIN_SLEEP_MS, share)));
  }
}

function sleepOnServer(connection: ServerConnection, milliseconds: number): Promise<unknown> {
  const shared = sleeping.get(connection);
  if (shared !== undefined) return shared;
  const sleep = connection
    .run('SELECT pg_catalog.pg_sleep($1)', { values: [String(milliseconds / 1000)] })
    .finally(() => sleeping.delete(connection));
  sleeping.set(connection, sleep);
  return sleep;
}

async function withinGrace(end: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  await Promise.race([end, grace]).finally(() => clearTimeout(timer));
}
