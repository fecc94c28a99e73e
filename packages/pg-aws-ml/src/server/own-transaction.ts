import type { ServerConnection } from './server-connection.js';

/**
 * Runs `work` in one transaction: the caller's block where one is open, else one of its own that commits, or rolls back
 * where `work` fails. The connection is synced afterwards.
 */
export async function inOneTransaction<T>(connection: ServerConnection, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await connection.sync();
    throw error;
  }
  await connection.sync();
  return result;
}

/** One process at a time installs, updates or drops in a database; the others wait and then find it done. */
export async function lockInstallation(connection: ServerConnection): Promise<void> {
  await connection.run(`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aws_ml'), 1)`);
}
