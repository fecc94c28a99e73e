import type { ServerConnection } from '../../server/server-connection.js';

/** One process at a time installs, updates or drops in a database; the others wait and then find it done. */
export async function lockInstallation(connection: ServerConnection): Promise<void> {
  await connection.run(`SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aws_ml'), 1)`);
}
