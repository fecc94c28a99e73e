import { describeReference } from 'aurora-reference';
import { startPostgres } from 'throwaway-postgres';
import { describe } from 'vitest';

// A server of its own: the statements create roles.
describe('the reference on an embedded PostgreSQL', () => {
  describeReference(async () => {
    const server = await startPostgres();
    const { host, port, user, database } = await server.createDatabase('labdb');
    return { connection: { host, port, user, database }, stop: server.stop };
  });
});
