import type { ServerConnection } from '../server/server-connection.js';

/**
 * Whether the server itself has aws_ml, installed or ready to be: Aurora. Then nothing of this package is needed, and
 * its statements are the server's business.
 */
export async function hasNativeExtension(connection: ServerConnection): Promise<boolean> {
  const { rows } = await connection.run(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'aws_ml')
         OR EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'aws_ml')`,
  );
  return rows[0]?.[0] === 't';
}

/** The server's major version, such as 15. */
export async function readMajorVersion(connection: ServerConnection): Promise<number> {
  const { rows } = await connection.run(`SELECT pg_catalog.current_setting('server_version_num')`);
  return Math.floor(Number(rows[0]?.[0]) / 10_000);
}
