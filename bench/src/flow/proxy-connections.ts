/**
 * What connections cost the proxy: memory for many that are idle, the time of an answer to many that are busy, memory while
 * a large result passes to a client that takes its time, and whether those whose client goes in the middle leave anything
 * behind. Memory is read from /proc, so on Linux only. Writes a line of JSON for each.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { median, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    idle: { type: 'string', default: '1000' },
    busy: { type: 'string', default: '200' },
    queries: { type: 'string', default: '50' },
    megabytes: { type: 'string', default: '1024' },
  },
});
const idle = numberOf('idle', flags.idle, 1);
const busy = numberOf('busy', flags.busy, 1);
const queries = numberOf('queries', flags.queries, 1);
const megabytes = numberOf('megabytes', flags.megabytes, 1);

const most = Math.max(idle, busy) + 20;
const server = await startPostgres({ settings: { max_connections: String(most), shared_buffers: '32MB' } });
const { user, database, host } = server;
const program = join(dirname(createRequire(import.meta.url).resolve('pg-aws-ml-proxy')), 'cli/main.js');
const upstream = `postgres://${host}:${server.port}?sslmode=disable`;
const options = ['--listen', '127.0.0.1:0', '--max-clients', String(most), '--log-format', 'json'];
const proxy = spawn(process.execPath, [program, '--upstream', upstream, ...options], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let log = '';
proxy.stderr.setEncoding('utf8').on('data', (text: string) => {
  log += text;
});
const portIn = () => Number(/listening.*?"port":(\d+)/.exec(log)?.[1] ?? 0);
while (portIn() === 0 && proxy.exitCode === null) await after(20);
const port = portIn();

/** Of the proxy, in megabytes: now, or at most so far. */
async function memory(line: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${proxy.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
}

async function opened(count: number): Promise<pg.Client[]> {
  const clients: pg.Client[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(50, count - clients.length) }, () => {
      const client = new pg.Client({ host: '127.0.0.1', port, user, database });
      return client.connect().then(() => clients.push(client));
    });
    await Promise.all(some);
  }
  return clients;
}

async function sessions(): Promise<number> {
  const client = new pg.Client({ ...server });
  await client.connect();
  const { rows } = await client.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend'",
  );
  await client.end();
  return rows[0].n - 1;
}

const tell = (figures: object) => console.log(JSON.stringify(figures));

async function manyIdle(): Promise<void> {
  const before = await memory();
  const clients = await opened(idle);
  const megabytesOf = (await memory()) - before;
  tell({ idle, memoryMB: before + megabytesOf, kilobytesEach: Math.round((megabytesOf * 1024) / idle) });
  await Promise.all(clients.map((client) => client.end()));
}

async function manyBusy(): Promise<void> {
  const clients = await opened(busy);
  const times: number[] = [];
  const began = performance.now();
  const work = clients.map(async (client) => {
    for (let i = 0; i < queries; i += 1) {
      const from = performance.now();
      await client.query('SELECT $1::int + 1', [i]);
      times.push(performance.now() - from);
    }
  });
  await Promise.all(work);
  const seconds = (performance.now() - began) / 1000;
  tell({
    busy,
    perSecond: Math.round(times.length / seconds),
    medianMs: rounded(median(times)),
    memoryMB: await memory(),
  });
  await Promise.all(clients.map((client) => client.end()));
}

const startUp = (): Buffer => {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.writeUInt32BE(196608, 4);
  return Buffer.concat([head, body]);
};

/** A client of the protocol's bytes alone, which asks for so many rows of a megabyte. */
async function asked(rows: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const text = `SELECT repeat('x', 1048576) FROM generate_series(1, ${rows})\0`;
  const head = Buffer.from('Q\0\0\0\0');
  head.writeUInt32BE(4 + text.length, 1);
  socket.write(Buffer.concat([startUp(), head, Buffer.from(text)]));
  await once(socket, 'readable');
  return socket;
}

async function largeResult(): Promise<void> {
  const before = await memory();
  const began = performance.now();
  const socket = await asked(megabytes);
  let bytes = 0;
  let pauses = 0;
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).length;
    if (bytes / 2 ** 20 > pauses * 64) {
      pauses += 1;
      await after(20);
    }
    if (bytes > megabytes * 2 ** 20) break;
  }
  const seconds = rounded((performance.now() - began) / 1000);
  tell({ resultMB: Math.round(bytes / 2 ** 20), seconds, beforeMB: before, mostMB: await memory('VmHWM') });
}

async function halfOpen(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => asked(1000)));
  // Ten end their side alone, ten go at once; none reads.
  for (const [i, socket] of sockets.entries()) {
    if (i % 2 === 0) socket.end();
    else socket.destroy();
  }
  for (let i = 0; i < 100 && (await sessions()) > 10; i += 1) await after(100);
  const ended = await sessions();
  for (const socket of sockets) socket.destroy();
  for (let i = 0; i < 600 && (await sessions()) > 0; i += 1) await after(100);
  tell({ halfOpen: ended, left: await sessions(), memoryMB: await memory() });
}

try {
  await largeResult();
  await manyIdle();
  await manyBusy();
  await halfOpen();
} finally {
  proxy.kill('SIGTERM');
  await once(proxy, 'close');
  await server.stop();
}
