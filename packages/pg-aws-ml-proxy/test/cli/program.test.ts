import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { certificateOf } from '../support/secured-server.js';

const packageRoot = join(import.meta.dirname, '../..');
const main = join(packageRoot, 'dist/cli/main.js');

let direct: DatabaseAddress;
let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(packageRoot, '../../scripts/setup.mjs')]);
  direct = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'program-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(directory, { recursive: true }));

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  log(): string;
  output(): string;
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, PGHOST: direct.host, PGPORT: String(direct.port), ...environment },
  });
  children.push(child);
  let log = '';
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, exited, log: () => log, output: () => output };
}

/** The port, once it is said. */
async function portOf(run: Run): Promise<number> {
  const found = () => /listening.*?port"?[=:](\d+)/.exec(run.log())?.[1];
  while (found() === undefined) {
    if (run.child.exitCode !== null) throw new Error(run.log());
    await Promise.race([once(run.child.stderr!, 'data'), run.exited]);
  }
  return Number(found());
}

async function connected(port: number): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: direct.user, database: direct.database });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function runToEnd(
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<[number | null, string]> {
  const run = start(args, environment);
  const code = await run.exited;
  return [code, run.output() + run.log()];
}

describe('the program', () => {
  it('serves clients and ends gracefully on SIGTERM', async () => {
    const run = start(['--listen', '0', '--log-format', 'json']);
    const client = await connected(await portOf(run));
    const statement = client.query('SELECT pg_sleep(0.5), 42 AS answer');
    await client.query('BEGIN');
    expect((await statement).rows[0].answer).toBe(42);
    run.child.kill('SIGTERM');
    await expect.poll(run.log, { timeout: 60_000 }).toContain('shutting down');
    await client.query('SELECT 1');
    const ended = new Promise<void>((resolve) => client.on('end', () => resolve()));
    await client.query('COMMIT');
    await ended;
    expect(await run.exited).toBe(0);
    for (const line of run.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level', 'info');
  });

  it('ends at once on a second signal', async () => {
    const run = start(['--listen', '0']);
    const client = await connected(await portOf(run));
    await client.query('BEGIN');
    run.child.kill('SIGTERM');
    await expect.poll(run.log, { timeout: 60_000 }).toContain('shutting down');
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(1);
  });

  it('reads its certificates again on SIGHUP', async () => {
    const { tlsCert, tlsKey } = certificateOf('proxy');
    const run = start(['--listen', '0', '--tls-cert', tlsCert, '--tls-key', tlsKey]);
    await portOf(run);
    run.child.kill('SIGHUP');
    await expect.poll(run.log, { timeout: 60_000 }).toContain('certificates were read again');
  });

  it('shares the clients among processes, and cancels whichever has the session', async () => {
    const run = start(['--listen', '0', '--processes', '2']);
    const port = await portOf(run);
    const clients = await Promise.all([1, 2, 3, 4].map(() => connected(port)));
    expect(await Promise.all(clients.map((client) => client.query('SELECT 1')))).toHaveLength(4);
    const [client] = clients;
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const cancelled = client?.query('SELECT pg_sleep(600)').catch((error: { code: string }) => error.code);
    let code: unknown;
    void cancelled?.then((result) => {
      code = result;
    });
    const request = Buffer.alloc(16);
    for (const [i, value] of [16, 80877102, processID, secretKey].entries()) request.writeInt32BE(value, 4 * i);
    while (code === undefined) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      socket.write(request);
      await once(socket, 'close');
    }
    expect(code).toBe('57014');
    run.child.kill('SIGTERM');
    expect(await run.exited).toBe(0);
  });

  it.each(['1', '2'])(
    'serves health, metrics and the page with --admin, for %s processes together',
    async (processes) => {
      const run = start(['--listen', '0', '--admin', '0', '--processes', processes]);
      const port = await portOf(run);
      const admin = /admin is served.*port=(\d+)/.exec(run.log())?.[1];
      const get = (path: string) => fetch(`http://127.0.0.1:${admin}${path}`);
      const metric = async (name: string) =>
        Number(new RegExp(`^${name} (.*)$`, 'm').exec(await (await get('/metrics')).text())?.[1]);
      const clients = await Promise.all([1, 2, 3, 4].map(() => connected(port)));
      await expect.poll(() => metric('pg_aws_ml_clients'), { timeout: 60_000 }).toBe(4);
      expect(await (await get('/status.json')).json()).toMatchObject({ processes: Number(processes), clients: 4 });
      expect(await (await get('/')).text()).toContain('<title>pg-aws-ml proxy</title>');
      expect((await get('/startup')).status).toBe(200);
      expect((await get('/readiness')).status).toBe(200);
      await clients[0]?.query('BEGIN');
      run.child.kill('SIGTERM');
      await expect.poll(async () => (await get('/readiness')).status, { timeout: 60_000 }).toBe(503);
      expect((await get('/liveness')).status).toBe(200);
      await clients[0]?.query('COMMIT').catch(() => {});
      expect(await run.exited).toBe(0);
    },
  );

  it('is not ready while the server cannot be reached', async () => {
    const run = start(['--listen', '0', '--admin', '0', '--upstream', 'postgres://127.0.0.1:1']);
    await portOf(run);
    const admin = /admin is served.*port=(\d+)/.exec(run.log())?.[1];
    expect((await fetch(`http://127.0.0.1:${admin}/readiness`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${admin}/liveness`)).status).toBe(200);
  });

  it('takes flags before the environment, and that before the file', async () => {
    const file = join(directory, 'config.json');
    await writeFile(file, JSON.stringify({ listen: '0', maxClients: 7, logFormat: 'text', logLevel: 'error' }));
    const environment = { PG_AWS_ML_CONFIG: file, PG_AWS_ML_LOG_FORMAT: 'text', PG_AWS_ML_LOG_LEVEL: 'info' };
    const run = start(['--log-format', 'json'], environment);
    await portOf(run);
    expect(JSON.parse(run.log().split('\n')[0] ?? '')).toMatchObject({ level: 'info', message: 'listening' });
  });

  it('says what is wrong, and exits with 1', async () => {
    const file = join(directory, 'wrong.json');
    await writeFile(file, '{ "maxClient": 1 }');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    for (const [args, message] of [
      [['--max-clients', 'many'], '--max-clients must be a whole number.'],
      [['--login-timeout', 'soon'], '--login-timeout must be a time such as 30'],
      [['--max-message-size', '1TB'], '--max-message-size must be a size'],
      [['--log-level', 'warning'], 'proxy.logLevel must be "debug", "info", "warn" or "error"'],
      [['--config', file], 'maxClient is not an option. Did you mean maxClients?'],
      [['--upstreams', 'x'], "unknown option '--upstreams'"],
      [['--listen', String(port)], 'EADDRINUSE'],
      [['--listen', String(port), '--processes', '2'], 'EADDRINUSE'],
    ] as const) {
      const [code, text] = await runToEnd(args);
      expect(text).toContain(message);
      expect(code).toBe(1);
    }
    taken.close();
  });

  it('checks its options and the server with --check', async () => {
    const users = join(directory, 'users');
    await writeFile(users, '"a" "b"');
    const [code, text] = await runToEnd(['--check', '--users', users]);
    expect(text).toBe(
      `clients: 127.0.0.1:6432, without TLS\nserver: ${direct.host}:${direct.port}, without TLS\nauthentication: of 1 role by the proxy\n`,
    );
    expect(code).toBe(0);
    const [failed, reason] = await runToEnd(['--check', '--upstream', 'postgres://127.0.0.1:1']);
    expect(reason).toContain('the server cannot be reached: ECONNREFUSED');
    expect(failed).toBe(2);
  });

  it('listens at a Unix socket, too', async () => {
    const run = start(['--listen', '0', '--socket-dir', directory]);
    const port = await portOf(run);
    const client = new pg.Client({ host: directory, port, user: direct.user, database: direct.database });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });
});
