import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from './names.js';
import type { ExtensionVersion } from './sql/ml-functions.js';

/** What this package has installed in the database. */
export interface InstalledState {
  readonly awsCommons: boolean;
  /** Null where aws_ml is not installed. */
  readonly awsMl: ExtensionVersion | null;
  /** The revision of the internals (`internalsRevision`); null where aws_ml is not installed, or by an early version. */
  readonly internals: string | null;
}

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

export async function readInstalledState(connection: ServerConnection): Promise<InstalledState> {
  const { rows: found } = await connection.run(
    `SELECT pg_catalog.to_regclass('${internalSchema}.extension') IS NOT NULL`,
  );
  if (found[0]?.[0] !== 't') return { awsCommons: false, awsMl: null, internals: null };
  const { rows } = await connection.run(
    `SELECT name, version, pg_catalog.obj_description(pg_catalog.to_regnamespace('${internalSchema}')::pg_catalog.oid, 'pg_namespace')
     FROM ${internalSchema}.extension`,
  );
  const versions = new Map(rows.map(([name, version]) => [name, version]));
  const awsMl = versions.get('aws_ml');
  return {
    awsCommons: versions.has('aws_commons'),
    awsMl: awsMl === '1.0' || awsMl === '2.0' ? awsMl : null,
    internals: rows[0]?.[2] ?? null,
  };
}
