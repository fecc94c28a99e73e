import { createDatabase, type DatabaseAddress } from 'throwaway-postgres';
import { inject } from 'vitest';

export { type DatabaseAddress, startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';

/**
 * Creates an empty database on the server that all tests of this package share. Start a server with `startPostgres()`
 * only to test what would disturb the others: its settings, its end.
 */
export function createTestDatabase(): Promise<DatabaseAddress> {
  return createDatabase(inject('postgres'));
}
