// Runs the packed packages elsewhere than in Node: the README's program in Bun and Deno, a route handler in the servers that
// Next.js builds with Turbopack and with webpack. `npm run runtimes`, or `npm run runtimes -- bun next` for some. All comes
// from npm into a temporary folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ofPackage = (name) => import(join(root, 'packages', name, 'dist', 'index.js'));
const { startPostgres } = await ofPackage('throwaway-postgres');
const { startLocalServices } = await ofPackage('aws-ml-local');
const { Pool } = await ofPackage('pg-aws-ml');

const folder = mkdtempSync(join(tmpdir(), 'runtimes-'));
const server = await startPostgres();
const environment = {
  ...process.env,
  ...{ PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGDATABASE: server.database },
  NEXT_TELEMETRY_DISABLED: '1',
};

const runtimes = {
  bun: () => runReadme('bun@1', 'bun', []),
  deno: () => runReadme('deno@2', 'deno', ['run', '--allow-all']),
  next: async () => {
    install('next@16', 'react@19', 'react-dom@19');
    cpSync(join(root, 'test', 'packaging', 'next-app'), folder, { recursive: true });
    await answersWhenBuilt('--turbopack');
    await answersWhenBuilt('--webpack');
  },
};

try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  install(
    'pg',
    ...run(process.execPath, [join(root, 'scripts', 'pack.mjs'), folder])
      .trim()
      .split('\n'),
  );
  const named = process.argv.slice(2);
  for (const name of named.length > 0 ? named : Object.keys(runtimes)) {
    await runtimes[name]();
    console.log(`${name}: ok`);
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

function runReadme(wanted, program, args) {
  install(wanted);
  const [, readme] = /^```js\n(.*?)^```$/ms.exec(readFileSync(join(root, 'README.md'), 'utf8'));
  writeFileSync(join(folder, 'readme.mjs'), readme);
  const printed = run(join(folder, 'node_modules', '.bin', program), [...args, 'readme.mjs']);
  if (!/stay!.*POSITIVE.*terrible!.*NEGATIVE/s.test(printed)) throw new Error(`${program} printed ${printed}`);
}

async function answersWhenBuilt(bundler) {
  const next = join(folder, 'node_modules', 'next', 'dist', 'bin', 'next');
  run(process.execPath, [next, 'build', bundler]);
  const services = await startLocalServices();
  const pool = new Pool({ ...server });
  await pool.query('CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE');
  await pool.end();
  const started = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { ...environment, ...services.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const answer = await fetch(`${await addressOf(started)}/reviews`);
    const text = await answer.text();
    if (text !== '[{"sentiment":"POSITIVE"}]') throw new Error(`the server answered ${answer.status}: ${text}`);
  } finally {
    started.kill();
    if (started.exitCode === null) await once(started, 'exit');
    await services.close();
  }
}

/** Once the server says that it is ready. */
async function addressOf({ stdout }) {
  let printed = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    const [, address] = /(http:\/\/127\.0\.0\.1:\d+).*Ready/s.exec(printed) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`next start ended: ${printed}`);
}

function install(...wanted) {
  run('npm', ['install', '--no-audit', '--no-fund', ...wanted]);
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  throw error ?? new Error(`${[command, ...args].join(' ')} failed\n${stdout}${stderr}`);
}
