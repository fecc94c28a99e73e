import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase, type DatabaseAddress, databaseAddress } from './database.js';
import { chosenServer, majorVersion } from './installations.js';
import { reachableServer } from './reachable-server.js';
import { type ServerAccount, serverAccount } from './server-account.js';
import { copyForStandby, pathsWithin, standbySettings } from './standby.js';
import { setReferenced, stop, supervise } from './supervisor.js';

const HOST = '127.0.0.1';
const USER = 'postgres';
const PORT_ATTEMPTS = 5;
/** The first version that brings a locale of UTF-8 along; those before it take the machine's. */
const FIRST_WITH_BUILTIN_LOCALE = 17;
const BUILTIN_LOCALE = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
const MACHINES_LOCALE = ['--locale=C', `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`];

export interface StartPostgresOptions {
  /** Server settings (`postgresql.conf`), for instance `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * The directory that holds `bin` of a PostgreSQL 12 or later, `/usr/lib/postgresql/15` for instance. By default it is the
   * version that `PG_AWS_ML_SERVER_VERSION` names, of those that `npm run servers` has downloaded, else the embedded one.
   */
  readonly installation?: string | undefined;
  /** Makes it a hot standby of a server of the same version, with its databases. */
  readonly standbyOf?: ThrowawayPostgres;
}

/** A running server; its own fields address its database `postgres`. */
export interface ThrowawayPostgres extends DatabaseAddress {
  /** Such as 17. */
  readonly majorVersion: number;
  /** Creates an empty database, under a name of its own unless one is given. */
  createDatabase(name?: string): Promise<DatabaseAddress>;
  /** Ends the server, cutting off whoever is still connected, and deletes its data. */
  stop(): Promise<void>;
}

/**
 * Starts an empty PostgreSQL server on a free port of the loopback interface. Its data are in a temporary directory,
 * not safe against a crash, and equal on every machine in encoding and sort order (UTF-8, by code point). The server
 * ends with `stop()`, and also when this process ends in any way.
 *
 * @throws Error with the server's own log when it does not start.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<ThrowawayPostgres> {
  const account = await serverAccount();
  const directory = await mkdtemp(join(tmpdir(), 'throwaway-postgres-'));
  try {
    if (account) await chown(directory, account.uid, account.gid);
    const server = await reachableServer(options.installation ?? chosenServer(), account, directory);
    const major = await majorVersion(server);
    const locale = major < FIRST_WITH_BUILTIN_LOCALE ? MACHINES_LOCALE : BUILTIN_LOCALE;
    const data = join(directory, 'data');
    if (options.standbyOf === undefined) await initialise(join(server, 'bin', 'initdb'), data, account, locale);
    else await copyForStandby(options.standbyOf, data);
    if (options.standbyOf !== undefined && account) {
      await Promise.all((await pathsWithin(data)).map((path) => chown(path, account.uid, account.gid)));
    }
    const { port, supervisor } = await launch(join(server, 'bin', 'postgres'), directory, account, options);
    const address = databaseAddress({ host: HOST, port, user: USER }, 'postgres');
    return {
      ...address,
      majorVersion: major,
      createDatabase: (name) => createDatabase(address, name),
      stop: () => stop(supervisor),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(initdb: string, data: string, account: ServerAccount, locale: string[]): Promise<void> {
  const encoding = '--encoding=UTF8';
  const args = [`--pgdata=${data}`, `--username=${USER}`, '--auth=trust', '--no-sync', encoding];
  await promisify(execFile)(initdb, [...args, ...locale], { ...account, cwd: '/' });
}

interface Launched {
  readonly port: number;
  readonly supervisor: ChildProcess;
}

async function launch(
  postgres: string,
  directory: string,
  account: ServerAccount,
  { settings, standbyOf }: StartPostgresOptions,
): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const all = {
      listen_addresses: HOST,
      port: String(port),
      unix_socket_directories: '',
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      ...(standbyOf && standbySettings(standbyOf)),
      ...settings,
    };
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const supervisor = supervise([postgres, '-D', join(directory, 'data'), ...args], directory, account);
    const log = await startupLog(supervisor);
    if (log === undefined) {
      setReferenced(supervisor, false);
      return { port, supervisor };
    }
    await stop(supervisor, 'keep');
    // Another process may have taken the port since we looked.
    if (!log.includes('could not bind') || attempt === PORT_ATTEMPTS)
      throw new Error(`PostgreSQL did not start: ${log}`);
  }
}

/** Waits for the server to start. Returns its log if it failed to. */
function startupLog({ stderr }: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let log = '';
    stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
      if (/ready to accept (read-only )?connections/.test(log)) settle(undefined);
      else if (/FATAL|PANIC/.test(log)) settle(log);
    });
    stderr?.once('end', () => settle(log));
    const settle = (result: string | undefined) => {
      stderr?.removeAllListeners('data').resume();
      resolve(result);
    };
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe has no port');
  return address.port;
}
