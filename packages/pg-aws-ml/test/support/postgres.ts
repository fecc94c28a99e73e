import { createDatabase, type DatabaseAddress } from 'throwaway-postgres';
import { inject } from 'vitest';

export { type DatabaseAddress, startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';

/** The major version of the server that all tests share, such as 17: not every one has what some tests are about. */
export const serverVersion = (): number => inject('postgres').majorVersion;

/**
 * Creates an empty database on the server that all tests of this package share. Start a server with `startPostgres()`
 * only to test what would disturb the others: roles, settings of the server, its end.
 *
 * @param name defaults to a name that is not in use.
 */
export function createTestDatabase(name?: string): Promise<DatabaseAddress> {
  return createDatabase(inject('postgres'), name);
}
