import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { localOptions } from '../support/lab.js';
import { startPostgres, type ThrowawayPostgres } from '../support/postgres.js';

const mood = (text: string) => `(aws_comprehend.detect_sentiment(${text}, 'en')).sentiment`;

let services: LocalServices;
let primary: ThrowawayPostgres;
let standby: ThrowawayPostgres;
let pool: Pool;

beforeAll(async () => {
  [services, primary] = await Promise.all([startLocalServices(), startPostgres()]);
  const writer = new Pool({ connectionString: primary.connectionString, awsMl: localOptions(services) });
  await writer.query('CREATE EXTENSION aws_ml CASCADE');
  await writer.query(`CREATE TABLE notes AS SELECT i AS id, CASE i % 2 WHEN 0 THEN 'bad' ELSE 'good' END AS body
    FROM generate_series(1, 4) i`);
  await writer.query(`CREATE FUNCTION mood(t text) RETURNS text LANGUAGE plpgsql AS
    $$ BEGIN RETURN ${mood('t')}; END $$`);
  await writer.end();
  standby = await startPostgres({ standbyOf: primary });
  pool = new Pool({ connectionString: standby.connectionString, awsMl: localOptions(services) });
});
afterAll(async () => {
  await pool?.end();
  await standby?.stop();
  await primary?.stop();
  await services?.close();
});

it('answers queries on a hot standby in batches', async () => {
  services.resetRequests();
  expect((await pool.query('SELECT pg_is_in_recovery() AS standby')).rows).toEqual([{ standby: true }]);
  const { rows } = await pool.query(`SELECT id, ${mood('body')} AS mood FROM notes ORDER BY id`);
  expect(rows.map(({ id, mood: m }) => [id, m])).toEqual([
    [1, 'POSITIVE'],
    [2, 'NEGATIVE'],
    [3, 'POSITIVE'],
    [4, 'NEGATIVE'],
  ]);
  expect(services.requests.entries).toHaveLength(1);
});

it('refuses there what would have to store results, or to write', async () => {
  await expect(pool.query('SELECT mood(body) FROM notes')).rejects.toMatchObject({ code: '0A000' });
  await expect(pool.query(`UPDATE notes SET body = ${mood('body')}`)).rejects.toMatchObject({ code: '25006' });
  await expect(pool.query('DROP EXTENSION aws_ml')).rejects.toMatchObject({ code: '25006' });
});
