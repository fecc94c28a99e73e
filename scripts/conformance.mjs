// Runs PostgreSQL's own tests directly and through the proxy, on a database without the extension and on one with it: the
// results must be the same. `npm run conformance`, or `npm run conformance -- libpq_pipeline isolation` for some suites. It
// needs Debian's PostgreSQL 15 (docs/compatibility.md); its tests' source is downloaded once, into node_modules/.cache.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from 'throwaway-postgres';
import { buildTests, installation, postgresSource } from './conformance/source.mjs';
import { suites } from './conformance/suites.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What pg_regress runs its own servers with, and what its expected results suppose of a database. */
const settings = { max_prepared_transactions: '10', max_connections: '60' };
const database = 'regression';
const createDatabase = [
  `CREATE DATABASE ${database} TEMPLATE template0`,
  `ALTER DATABASE ${database} SET lc_messages TO 'C'`,
  `ALTER DATABASE ${database} SET bytea_output TO 'hex'`,
  `ALTER DATABASE ${database} SET timezone_abbreviations TO 'Default'`,
];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(suites, name));
if (unknown !== undefined) throw new Error(`${unknown} is none of ${Object.keys(suites).join(', ')}`);

const source = postgresSource(join(root, 'node_modules', '.cache', 'conformance'));
let differences = 0;
for (const suite of asked.length > 0 ? asked : Object.keys(suites)) {
  for (const extension of [false, true]) {
    const title = `${suite}, ${extension ? 'with' : 'without'} the extension`;
    const direct = await results(suite, extension, false);
    const through = await results(suite, extension, true);
    const differing = compare(direct, through);
    differences += differing.length;
    process.stdout.write(
      `${title}: ${passed(direct)} of ${direct.size} pass directly, ${passed(through)} of ${through.size} through the proxy\n`,
    );
    for (const difference of differing) process.stdout.write(`  ${difference}\n`);
  }
}
if (differences > 0) process.exitCode = 1;

/** A server for each run: what a test leaves behind disturbs no other. */
async function results(suite, extension, proxied) {
  const directory = mkdtempSync(join(tmpdir(), 'conformance-'));
  buildTests(source, directory);
  const server = await startPostgres({ installation, settings });
  const proxy = extension || proxied ? await startProxy(server) : undefined;
  try {
    const address = { host: server.host, port: server.port, user: server.user, database };
    for (const sql of createDatabase) psql({ ...address, database: 'postgres' }, sql);
    if (extension) psql({ ...address, port: proxy.port }, 'CREATE EXTENSION aws_ml CASCADE');
    return await suites[suite]({ ...address, directory, name: suite, ...(proxied && { port: proxy.port }) });
  } finally {
    await proxy?.stop();
    await server.stop();
    if (process.env.KEEP_CONFORMANCE) process.stderr.write(`${suite}: results in ${directory}\n`);
    else rmSync(directory, { recursive: true, force: true });
  }
}

/** The tests that don't end the same way, or fail otherwise. */
function compare(direct, through) {
  return [...new Set([...direct.keys(), ...through.keys()])].flatMap((test) => {
    const [a, b] = [direct.get(test), through.get(test)];
    if (a?.outcome !== b?.outcome) return [`${test}: ${a?.outcome} directly, ${b?.outcome} through the proxy`];
    return a?.printed === b?.printed ? [] : [`${test}: ${a?.outcome} in both, but not alike`];
  });
}

function passed(all) {
  return [...all.values()].filter(({ outcome }) => outcome === 'ok').length;
}

function psql({ host, port, user, database: name }, sql) {
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', String(port), '-U', user, '-d', name];
  execFileSync(join(installation, 'bin', 'psql'), [...options, '-c', sql], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The program, as users start it. */
async function startProxy({ host, port, user }) {
  const main = join(root, 'packages', 'pg-aws-ml-proxy', 'dist', 'cli', 'main.js');
  const upstream = `postgres://${user}@${host}:${port}?sslmode=disable`;
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
  const child = spawn(
    process.execPath,
    [main, '--upstream', upstream, '--listen', '127.0.0.1:0', '--log-format', 'json'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...credentials },
    },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const listening = await new Promise((resolve, reject) => {
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
      const [, found] = /listening.*?"port":(\d+)/.exec(log) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('close', () => reject(new Error(`The proxy has ended: ${log}`)));
  });
  return {
    port: listening,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
