import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program in the manner of its language. `features` shows what its driver can do, in its own words; every other mode runs
 * the statements of a file one by one and answers each with a line, `{"rows": [[…]]}` or `{"error": "SQLSTATE"}`.
 */
export interface ClientProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Ways to run the statements: protocols and formats. */
  readonly modes: readonly string[];
  /** Tells whether it can run here. */
  readonly probe: readonly [command: string, ...args: string[]];
  /** Makes `command` out of its source, once before it runs. */
  readonly compile?: readonly [command: string, ...args: string[]];
  /** How it reads statements. */
  readonly job: 'json' | 'records';
}

const at = (path: string): string => join(import.meta.dirname, path);
// That of the system, for which Debian's packages are.
const python = '/usr/bin/python3';
const jdbc = '/usr/share/java/postgresql.jar';
// Debian's packages of Go are sources in one tree.
const go = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };
const compiled = (name: string): string => join(import.meta.dirname, '../../../node_modules/.cache/clients', name);

export const clientPrograms: readonly ClientProgram[] = [
  {
    name: 'psql',
    command: process.execPath,
    args: [at('psql/client.mjs')],
    modes: ['text'],
    probe: ['psql', '--version'],
    job: 'json',
  },
  {
    name: 'psycopg',
    command: python,
    args: [at('psycopg/client.py')],
    modes: ['text', 'binary'],
    probe: [python, '-c', 'import psycopg'],
    job: 'json',
  },
  {
    name: 'psycopg2',
    command: python,
    args: [at('psycopg2/client.py')],
    modes: ['text'],
    probe: [python, '-c', 'import psycopg2'],
    job: 'json',
  },
  {
    name: 'JDBC',
    command: 'java',
    args: ['-cp', jdbc, at('jdbc/Client.java')],
    modes: ['text', 'prepared', 'binary'],
    probe: ['sh', '-c', `test -e ${jdbc} && javac -version`],
    job: 'records',
  },
  {
    name: 'Go',
    command: compiled('go'),
    args: [],
    environment: go,
    modes: ['pgx', 'simple', 'pq'],
    probe: [
      'sh',
      '-c',
      'go version && test -d $GOPATH/src/github.com/jackc/pgx/v4 && test -d $GOPATH/src/github.com/lib/pq',
    ],
    compile: ['go', 'build', '-o', compiled('go'), at('go/client.go')],
    job: 'json',
  },
  {
    name: 'postgres',
    command: process.execPath,
    args: [at('postgres/client.mjs')],
    modes: ['simple', 'unnamed', 'named'],
    probe: [process.execPath, '--version'],
    job: 'json',
  },
  {
    name: 'Perl',
    command: 'perl',
    args: [at('perl/client.pl')],
    modes: ['text'],
    probe: ['perl', '-MDBD::Pg', '-MJSON::PP', '-e', '1'],
    job: 'json',
  },
  {
    name: 'Ruby',
    command: 'ruby',
    args: [at('ruby/client.rb')],
    modes: ['text'],
    probe: ['ruby', '-rpg', '-rjson', '-e', ''],
    job: 'json',
  },
  {
    name: 'PHP',
    command: 'php',
    args: [at('php/client.php')],
    modes: ['pgsql', 'pdo', 'emulated'],
    probe: ['php', '-r', 'exit(extension_loaded("pgsql") && extension_loaded("pdo_pgsql") ? 0 : 1);'],
    job: 'json',
  },
];

/** Whether interpreter and driver are there. */
export function isInstalled({ probe: [command, ...args], environment }: ClientProgram): boolean {
  if (command.startsWith('/') && !existsSync(command)) return false;
  return spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, ...environment } }).status === 0;
}

export function compileClient({ name, compile, environment }: ClientProgram): void {
  if (compile === undefined) return;
  const [command, ...args] = compile;
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment } });
  if (status !== 0) throw new Error(`${name} cannot be compiled\n${stderr}`);
}

/** Runs it to its end, at an address that libpq's environment gives. Returns what it has printed. */
export function runClient(
  client: ClientProgram,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { PGPASSFILE: _, ...inherited } = process.env;
  const options: SpawnOptions = {
    env: { ...inherited, ...client.environment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  return new Promise((resolve, reject) => {
    const child = spawn(client.command, [...client.args, ...args], options);
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed.stdout);
      else reject(new Error(`${client.name} ended with ${code}\n${printed.stdout.slice(-2_000)}\n${printed.stderr}`));
    });
  });
}
