import pg from 'pg';
import { expect, it } from 'vitest';
import { createTestDatabase } from './postgres.js';

it('gives each test file an empty database on the shared server', async () => {
  const client = new pg.Client({ ...(await createTestDatabase()) });
  await client.connect();
  const { rows } = await client.query("SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'");
  await client.end();
  expect(rows).toEqual([{ tables: 0 }]);
});
