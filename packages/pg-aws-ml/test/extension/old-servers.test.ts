import pg from 'pg';
import { downloadedServer } from 'throwaway-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { installScript } from '../../src/statements/extension/install-script.js';
import { updateScript } from '../../src/statements/extension/update-script.js';
import { createTestDatabase, startPostgres, type ThrowawayPostgres } from '../support/postgres.js';

const refusal = { code: '0A000', message: 'pg-aws-ml needs PostgreSQL 14 or later', hint: expect.stringMatching('18') };
const schemas = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^_?aws' ORDER BY 1";

it.each([
  ['install', installScript('aws_ml', { cascade: true, ifNotExists: true })],
  ['update', updateScript('aws_ml', undefined)],
])('the script to %s asks the server for its version before it makes anything', async (_name, script) => {
  const tooOld = script.replace("'server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.<) 140000", (check) =>
    check.replace('140000', '990000'),
  );
  expect(tooOld).not.toBe(script);
  const client = new pg.Client(await createTestDatabase());
  await client.connect();
  await expect(client.query(tooOld)).rejects.toMatchObject(refusal);
  expect((await client.query(schemas)).rows).toEqual([]);
  await client.end();
});

describe.each(['12', '13'])('PostgreSQL %s', (major) => {
  const installation = downloadedServer(major);
  /** `npm run servers -- 12 13` downloads them. */
  describe.skipIf(installation === undefined)('as downloaded', () => {
    let server: ThrowawayPostgres;
    let pool: Pool;
    beforeAll(async () => {
      server = await startPostgres({ installation });
      pool = new Pool({ connectionString: server.connectionString, awsMl: { region: 'us-east-1' } });
    });
    afterAll(async () => {
      await pool?.end();
      await server?.stop();
    });

    it('refuses the extension, and leaves nothing behind', async () => {
      await expect(pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE')).rejects.toMatchObject(refusal);
      await expect(pool.query('CREATE EXTENSION aws_commons')).rejects.toMatchObject(refusal);
      expect((await pool.query(schemas)).rows).toEqual([]);
      expect((await pool.query('DROP EXTENSION IF EXISTS aws_ml')).command).toBe('DROP');
    });

    it('refuses ML calls with the same words', async () => {
      const call = "SELECT aws_comprehend.detect_sentiment('fine', 'en')";
      await expect(pool.query(call)).rejects.toMatchObject(refusal);
      await expect(pool.query(`EXPLAIN ${call}`)).rejects.toMatchObject(refusal);
      const client = await pool.connect();
      await client.query('BEGIN');
      await expect(client.query(call)).rejects.toMatchObject(refusal);
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('ROLLBACK');
      client.release();
    });

    it('runs what makes no ML call', async () => {
      await pool.query('CREATE TABLE t (a int)');
      await pool.query('CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$');
      expect((await pool.query("SELECT f(), 'aws_comprehend.detect_sentiment' AS name")).rows).toEqual([
        { f: 1, name: 'aws_comprehend.detect_sentiment' },
      ]);
    });
  });
});
