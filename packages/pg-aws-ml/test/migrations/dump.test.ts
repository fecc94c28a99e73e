import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { localOptions } from '../support/lab.js';
import type { DatabaseAddress } from '../support/postgres.js';

/** Where Debian installs its servers. pg_dump reads no server that is newer than itself, so both are of one version. */
const debian = '/usr/lib/postgresql';
const [version] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
const program = (name: string) => join(debian, version ?? '', 'bin', name);

describe.skipIf(version === undefined)('pg_dump and restore', () => {
  let services: LocalServices;
  let server: ThrowawayPostgres;
  let source: DatabaseAddress;
  let dump: string;

  const openPool = ({ connectionString }: DatabaseAddress) =>
    new Pool({ connectionString, awsMl: localOptions(services) });

  beforeAll(async () => {
    [services, server] = await Promise.all([
      startLocalServices({ endpoints: { echo: { predict: (fields) => fields.join(',') } } }),
      startPostgres({ installation: join(debian, version!) }),
    ]);
    source = await server.createDatabase();
    const pool = openPool(source);
    for (const sql of [
      'CREATE EXTENSION aws_ml CASCADE',
      'CREATE TABLE reviews AS SELECT * FROM (VALUES (1, $$A wonderful stay$$), (2, $$An awful room$$)) AS r(id, body)',
      `CREATE FUNCTION mood(text) RETURNS text LANGUAGE sql AS $$SELECT (aws_comprehend.detect_sentiment($1, 'en')).sentiment$$`,
      'CREATE VIEW moods AS SELECT id, mood(body) FROM reviews',
      // A view that holds an implicit cast of ours, and a function for mixed calls.
      `CREATE VIEW scores AS SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, id, 'x') AS score FROM reviews`,
      `DO $$ BEGIN CREATE ROLE analyst LOGIN; END $$`,
      'GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO analyst',
    ]) {
      await pool.query(sql);
    }
    await pool.end();
    const { stdout } = await promisify(execFile)(program('pg_dump'), [source.connectionString], { maxBuffer: 2 ** 26 });
    dump = stdout;
  });
  afterAll(async () => {
    await server?.stop();
    await services?.close();
  });

  async function restore(target: DatabaseAddress): Promise<void> {
    const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', target.connectionString];
    const psql = promisify(execFile)(program('psql'), args, { maxBuffer: 2 ** 26 });
    psql.child.stdin?.end(dump);
    await psql;
  }

  async function works(target: DatabaseAddress): Promise<void> {
    const pool = openPool(target);
    expect((await pool.query('SELECT * FROM moods JOIN scores USING (id) ORDER BY id')).rows).toEqual([
      { id: 1, mood: 'POSITIVE', score: '1,x' },
      { id: 2, mood: 'NEGATIVE', score: '2,x' },
    ]);
    // Replay, live, and a function for a mixed call that the dump doesn't have.
    await pool.query('UPDATE reviews SET body = mood(body)');
    await pool.query("DO $$ DECLARE m text; BEGIN m := mood('lovely'); COMMIT; END $$");
    const mixed = `SELECT aws_sagemaker.invoke_endpoint('echo', NULL, 'a', true, 'b') AS m`;
    expect((await pool.query(mixed)).rows).toEqual([{ m: 'a,t,b' }]);
    expect(
      (
        await pool.query(
          `SELECT has_function_privilege('analyst', 'aws_comprehend.detect_sentiment'::regproc, 'EXECUTE') AS may`,
        )
      ).rows,
    ).toEqual([{ may: true }]);
    await pool.query('ALTER EXTENSION aws_ml UPDATE');
    await pool.query('DROP EXTENSION aws_ml, aws_commons CASCADE');
    await pool.end();
  }

  it('keep the extension, and all that is built on it', async () => {
    const target = await server.createDatabase();
    await restore(target);
    await works(target);
  });

  it('keep it on another server that has the roles', async () => {
    const other = await startPostgres({ installation: join(debian, version!) });
    try {
      const pool = new Pool({ connectionString: other.connectionString });
      await pool.query('CREATE ROLE analyst LOGIN; CREATE ROLE aws_ml NOLOGIN');
      await pool.end();
      const target = await other.createDatabase();
      await restore(target);
      await works(target);
    } finally {
      await other.stop();
    }
  });
});
