import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Where a server listens, and a superuser who needs no password there. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** One database of a server: can be given as it is to `pg`'s Pool or Client. */
export interface DatabaseAddress extends ServerAddress {
  readonly database: string;
  readonly connectionString: string;
}

export function databaseAddress({ host, port, user }: ServerAddress, database: string): DatabaseAddress {
  const connectionString = `postgresql://${user}@${host}:${port}/${encodeURIComponent(database)}`;
  return { host, port, user, database, connectionString };
}

/**
 * Creates an empty database, so that a test file shares its server but no table with the others.
 *
 * @param name defaults to a name that is not in use.
 */
export async function createDatabase(
  server: ServerAddress,
  name = `test_${randomUUID().replaceAll('-', '')}`,
): Promise<DatabaseAddress> {
  const client = new pg.Client({ ...databaseAddress(server, 'postgres') });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return databaseAddress(server, name);
}
