/**
 * pgbench directly, through PgBouncer (session mode) and through the proxy, in turns: transactions a second as ratios, and
 * the CPU of what stands between by transaction, which other work on the machine changes less. Wants pgbench, and
 * pgbouncer for its column; CPU is read from /proc, so on Linux only. Writes a line of JSON for each run, then medians.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { median, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', multiple: true, default: ['1', '8', '32'] },
    load: { type: 'string', multiple: true, default: ['simple', 'prepared', 'rows'] },
  },
});
const rounds = numberOf('rounds', flags.rounds, 1);
const seconds = numberOf('seconds', flags.seconds, 1);

/** Arguments of pgbench. */
const loads: Readonly<Record<string, readonly string[]>> = {
  simple: ['-S', '-M', 'simple'],
  prepared: ['-S', '-M', 'prepared'],
  rows: ['-f', 'rows.sql'],
  copy: ['-f', 'copy.sql'],
};
const scripts = {
  'rows.sql': "SELECT repeat('x', 100) FROM generate_series(1, 10000);\n",
  'copy.sql': "COPY (SELECT repeat('x', 100) FROM generate_series(1, 10000)) TO STDOUT;\n",
};

interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly process?: ChildProcess;
}

interface Measured {
  readonly tps: number;
  /** Microseconds of what stands between. */
  readonly cpu: number;
}

const server = await startPostgres({ settings: { max_connections: '200', shared_buffers: '128MB' } });
const directory = await mkdtemp(join(tmpdir(), 'bench-proxy-'));
// PgBouncer reads its configuration under another account than root's.
await chmod(directory, 0o755);
const { user, database, host } = server;

const pgbench = (port: number, args: readonly string[]) =>
  promisify(execFile)('pgbench', ['-h', host, '-p', String(port), '-U', user, ...args, database], { cwd: directory });

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

async function started(name: string, program: string, args: readonly string[], port: number): Promise<Contestant> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${log}`);
    const socket = connect(port, '127.0.0.1');
    const answers = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    socket.destroy();
    if (answers) return { name, port, process: child };
    await after(20);
  }
}

async function pgBouncer(): Promise<readonly Contestant[]> {
  if (spawnSync('pgbouncer', ['--version']).error !== undefined) return [];
  const port = await freePort();
  const lines = [
    '[databases]',
    `* = host=${host} port=${server.port}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
    'auth_type = any\npool_mode = session\nmax_client_conn = 200\ndefault_pool_size = 100',
    'log_connections = 0\nlog_disconnections = 0',
  ];
  const config = join(directory, 'pgbouncer.ini');
  // Whoever asks, this role is meant.
  await writeFile(config, `${lines.join('\n')}\n`.replace(`port=${server.port}`, `port=${server.port} user=${user}`));
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  return [await started('PgBouncer', 'pgbouncer', ['-q', ...account, config], port)];
}

async function proxy(): Promise<Contestant> {
  const port = await freePort();
  const program = join(dirname(createRequire(import.meta.url).resolve('pg-aws-ml-proxy')), 'cli/main.js');
  const upstream = `postgres://${host}:${server.port}?sslmode=disable`;
  return started('proxy', process.execPath, [program, '--upstream', upstream, '--listen', String(port)], port);
}

/** Of all its threads, in microseconds. */
async function cpuOf(child: ChildProcess | undefined): Promise<number> {
  if (child === undefined) return 0;
  const threads = await readdir(`/proc/${child.pid}/task`);
  const times = threads.map(async (thread) =>
    Number((await readFile(`/proc/${child.pid}/task/${thread}/schedstat`, 'utf8')).split(' ')[0]),
  );
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0) / 1000;
}

async function measure({ port, process: child }: Contestant, load: string, clients: string): Promise<Measured> {
  const before = await cpuOf(child);
  const { stdout } = await pgbench(port, [...(loads[load] ?? []), '-n', '-c', clients, '-T', String(seconds)]);
  const cpu = (await cpuOf(child)) - before;
  const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  const transactions = Number(/transactions actually processed: (\d+)/.exec(stdout)?.[1]);
  return { tps, cpu: cpu / transactions };
}

const contestants: Contestant[] = [];
try {
  await Promise.all(Object.entries(scripts).map(([name, sql]) => writeFile(join(directory, name), sql)));
  await pgbench(server.port, ['-i', '-q']);
  contestants.push({ name: 'direct', port: server.port }, ...(await pgBouncer()), await proxy());
  for (const load of flags.load) {
    for (const clients of flags.clients) {
      const results = new Map<string, Measured[]>(contestants.map(({ name }) => [name, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const contestant of contestants) {
          const measured = await measure(contestant, load, clients);
          results.get(contestant.name)?.push(measured);
          const { tps, cpu } = measured;
          console.log(
            JSON.stringify({ load, clients, contestant: contestant.name, tps: Math.round(tps), cpu: rounded(cpu) }),
          );
        }
      }
      const typical = (name: string, of: keyof Measured) => median((results.get(name) ?? []).map((run) => run[of]));
      const ratio = (one: string, other: string, of: keyof Measured) => rounded(typical(one, of) / typical(other, of));
      const bouncer = contestants.length > 2;
      console.log(
        JSON.stringify({
          load,
          clients,
          proxyToDirect: ratio('proxy', 'direct', 'tps'),
          ...(bouncer && { proxyToPgBouncer: ratio('proxy', 'PgBouncer', 'tps') }),
          ...(bouncer && { cpuToPgBouncer: ratio('proxy', 'PgBouncer', 'cpu') }),
          cpu: rounded(typical('proxy', 'cpu')),
        }),
      );
    }
  }
} finally {
  for (const { process: child } of contestants) child?.kill('SIGKILL');
  await server.stop();
  await rm(directory, { recursive: true });
}
