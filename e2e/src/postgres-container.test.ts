import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresContainer, startPostgresContainer } from './support/container.js';

describe('the PostgreSQL container', () => {
  let postgres: PostgresContainer;
  beforeAll(async () => {
    postgres = await startPostgresContainer();
  });
  afterAll(() => postgres?.stop());

  it('answers a client and does not know aws_ml', async () => {
    const client = new pg.Client(postgres.connection);
    await client.connect();
    const { rows } = await client.query(
      "SELECT count(*)::int AS found FROM pg_available_extensions WHERE name = 'aws_ml'",
    );
    await client.end();
    expect(rows).toEqual([{ found: 0 }]);
  });
});
