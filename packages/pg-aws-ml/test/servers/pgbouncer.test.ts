import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { localOptions } from '../support/lab.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

/** Debian's package `pgbouncer`. */
const program = process.env.PG_AWS_ML_PGBOUNCER ?? '/usr/sbin/pgbouncer';
const installed = spawnSync(program, ['--version']).status === 0;
const mood = (text: string) => `(aws_comprehend.detect_sentiment(${text}, 'en')).sentiment`;

let services: LocalServices;
let database: DatabaseAddress;
let directory: string;

beforeAll(async () => {
  services = await startLocalServices();
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
});
afterAll(async () => {
  await services.close();
  await rm(directory, { recursive: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startBouncer(mode: string): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const file = join(directory, `${mode}.ini`);
  const lines = [
    '[databases]',
    `* = host=${database.host} port=${database.port} user=${database.user}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    // Fewer than the Pool has clients, where they can share.
    `default_pool_size = ${mode === 'session' ? 20 : 3}`,
    'ignore_startup_parameters = extra_float_digits,options',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  // It refuses to run as root.
  const root = process.getuid?.() === 0;
  if (root) execFileSync('chmod', ['-R', 'a+rX', directory]);
  const server: ChildProcess = spawn(program, [...(root ? ['-u', 'nobody'] : []), file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
      if (log.includes('process up')) resolve();
    });
    server.once('exit', () => reject(new Error(`PgBouncer did not start: ${log}`)));
  });
  const stop = async () => {
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
  };
  return { port, stop };
}

describe.skipIf(!installed)('behind PgBouncer (skipped without the package pgbouncer)', () => {
  it.each(['session', 'transaction'])('answers ML statements in %s mode', async (mode) => {
    const { port, stop } = await startBouncer(mode);
    const { host, user, database: name } = database;
    const pool = new Pool({ host, port, user, database: name, max: 6, awsMl: localOptions(services) });
    try {
      await pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
      await pool.query('DROP TABLE IF EXISTS notes');
      await pool.query(
        "CREATE TABLE notes AS SELECT i AS id, 'good ' || i AS body, NULL AS mood FROM generate_series(1, 5) i",
      );
      await pool.query(`CREATE OR REPLACE FUNCTION mood(t text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RETURN ${mood('t')}; END $$`);
      const query = `SELECT id, ${mood('body')} AS mood FROM notes WHERE id <= $1 ORDER BY id`;
      const rows = [1, 2, 3].map((id) => ({ id, mood: 'POSITIVE' }));
      // Side by side, so that clients share server connections.
      const answers = await Promise.all(Array.from({ length: 8 }, () => pool.query(query, [3])));
      for (const answer of answers) expect(answer.rows).toEqual(rows);
      expect((await pool.query(`UPDATE notes SET mood = ${mood('body')}`)).rowCount).toBe(5);
      expect((await pool.query('SELECT id, mood(body) AS mood FROM notes WHERE id <= 3 ORDER BY id')).rows).toEqual(
        rows,
      );
      const client = await pool.connect();
      await client.query('BEGIN');
      expect((await client.query(query, [3])).rows).toEqual(rows);
      await client.query('ROLLBACK');
      client.release();
    } finally {
      await pool.end();
      await stop();
    }
  });
});
