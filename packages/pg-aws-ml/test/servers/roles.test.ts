import { randomUUID } from 'node:crypto';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { localOptions } from '../support/lab.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

const mood = (text: string) => `(aws_comprehend.detect_sentiment(${text}, 'en')).sentiment`;
const suffix = randomUUID().replaceAll('-', '');
const [owner, reader] = [`owner_${suffix}`, `reader_${suffix}`];

let services: LocalServices;
let database: DatabaseAddress;
let admin: pg.Client;
let pools: Pool[];

const poolOf = (user: string): Pool => {
  const { host, port, database: name } = database;
  const pool = new Pool({ host, port, database: name, user, awsMl: localOptions(services) });
  pools.push(pool);
  return pool;
};

beforeAll(async () => {
  pools = [];
  services = await startLocalServices();
  database = await createTestDatabase();
  admin = new pg.Client({ ...database });
  await admin.connect();
  await admin.query(`CREATE ROLE ${owner} LOGIN; CREATE ROLE ${reader} LOGIN;
    ALTER ROLE ${reader} SET default_transaction_read_only = on;
    ALTER DATABASE "${database.database}" OWNER TO ${owner};
    REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO ${owner}; GRANT USAGE ON SCHEMA public TO PUBLIC`);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await admin.query(`DROP OWNED BY ${owner}, ${reader} CASCADE`);
  await admin.end();
  await services.close();
});

it('works without a superuser, and for a role that may only read', async () => {
  const pool = poolOf(owner);
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  await pool.query(
    "CREATE TABLE notes AS SELECT * FROM (VALUES (1, 'good', NULL), (2, 'bad', NULL)) n (id, body, mood)",
  );
  await pool.query(
    `CREATE FUNCTION mood(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`,
  );
  const moods = [{ m: 'POSITIVE' }, { m: 'NEGATIVE' }];
  expect((await pool.query(`SELECT ${mood('body')} AS m FROM notes ORDER BY id`)).rows).toEqual(moods);
  expect((await pool.query(`UPDATE notes SET mood = ${mood('body')}`)).rowCount).toBe(2);
  expect((await pool.query('SELECT mood(body) AS m FROM notes ORDER BY id')).rows).toEqual(moods);
  expect((await pool.query(`EXPLAIN ANALYZE SELECT ${mood('body')} FROM notes`)).rows).not.toEqual([]);

  const reading = poolOf(reader);
  const query = `SELECT ${mood('body')} AS m FROM notes ORDER BY id`;
  await expect(reading.query(query)).rejects.toMatchObject({ code: '42501' });
  await pool.query(`GRANT SELECT ON notes TO ${reader}`);
  await pool.query(`GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO ${reader}`);
  expect((await reading.query(query)).rows).toEqual(moods);
  expect((await reading.query('SELECT mood(body) AS m FROM notes ORDER BY id')).rows).toEqual(moods);
  await expect(reading.query(`UPDATE notes SET mood = ${mood('body')}`)).rejects.toMatchObject({
    code: expect.stringMatching(/42501|25006/),
  });

  await pool.query('DROP FUNCTION mood');
  await pool.query('DROP EXTENSION aws_ml, aws_commons CASCADE');
  expect((await admin.query("SELECT nspname FROM pg_namespace WHERE nspname ~ '^_?aws'")).rows).toEqual([]);
});
