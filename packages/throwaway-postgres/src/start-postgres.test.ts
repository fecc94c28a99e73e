import { existsSync, readdirSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DatabaseAddress, startPostgres, type ThrowawayPostgres } from './index.js';

async function queryOnce(address: DatabaseAddress, sql: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ ...address });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Where Debian installs its servers. */
const debian = '/usr/lib/postgresql';
const [installed] = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];

it.skipIf(installed === undefined)('starts another installation', async () => {
  const server = await startPostgres({ installation: `${debian}/${installed}` });
  const rows = await queryOnce(
    server,
    `SELECT split_part(current_setting('server_version'), '.', 1) AS version, array_agg(v ORDER BY v) AS sorted
     FROM unnest('{b,a,B,é}'::text[]) AS v`,
  );
  await server.stop();
  expect(rows).toEqual([{ version: installed, sorted: ['B', 'a', 'b', 'é'] }]);
});

describe('startPostgres', () => {
  let server: ThrowawayPostgres;
  beforeAll(async () => {
    server = await startPostgres({ settings: { work_mem: '7MB' } });
  });
  afterAll(() => server.stop());

  it('listens on loopback only and takes settings', async () => {
    const rows = await queryOnce(
      server,
      "SELECT current_setting('listen_addresses') AS listens, current_setting('work_mem') AS work_mem",
    );
    expect(rows).toEqual([{ listens: '127.0.0.1', work_mem: '7MB' }]);
  });

  it('stores UTF-8 and sorts by code point on every machine', async () => {
    const rows = await queryOnce(
      server,
      "SELECT upper('é') AS upper, array_agg(v ORDER BY v) AS sorted FROM unnest('{b,a,B,é}'::text[]) v",
    );
    expect(rows).toEqual([{ upper: 'É', sorted: ['B', 'a', 'b', 'é'] }]);
  });

  it('creates databases that share nothing', async () => {
    const [first, second] = await Promise.all([server.createDatabase(), server.createDatabase('Say "hi"')]);
    await queryOnce(first, 'CREATE TABLE t (a int)');
    expect(await queryOnce(first, "SELECT to_regclass('t')::text AS t")).toEqual([{ t: 't' }]);
    expect(await queryOnce(second, "SELECT to_regclass('t')::text AS t")).toEqual([{ t: null }]);
    expect(second.database).toBe('Say "hi"');
    expect(new pg.Client({ connectionString: second.connectionString }).database).toBe('Say "hi"');
  });

  it('serves several connections at once and cancels a statement', async () => {
    const [sleeper, other] = [new pg.Client({ ...server }), new pg.Client({ ...server })];
    await Promise.all([sleeper.connect(), other.connect()]);
    const { rows } = await sleeper.query('SELECT pg_backend_pid() AS pid');
    const sleep = sleeper.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
    // A cancel request that reaches an idle backend is lost.
    const cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
    await vi.waitUntil(async () => (await other.query(cancel, [rows[0].pid])).rowCount === 1);
    expect(await sleep).toBe('canceling statement due to user request');
    await Promise.all([sleeper.end(), other.end()]);
  });

  it('reports why it cannot start', async () => {
    await expect(startPostgres({ settings: { max_connections: 'many' } })).rejects.toThrow(/max_connections/);
  });

  it('stops while clients are connected', async () => {
    const another = await startPostgres();
    const client = new pg.Client({ ...another });
    await client.connect();
    const lost = new Promise((resolve) => client.on('error', resolve));
    await another.stop();
    expect(await lost).toMatchObject({ code: '57P01' });
    await expect(queryOnce(another, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });
});
