// Runs every check that is not a test, all of them even when one fails, and shows the output of those that fail.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const published = readdirSync(join(root, 'packages'))
  .map((folder) => join('packages', folder))
  .filter((folder) => !JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private);

const checks = [
  ['format and lint', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '-b'],
  ['types of the tests', 'tsc', '-p', 'tsconfig.tests.json'],
  ["types of the proxy's page", 'tsc', '-p', 'packages/pg-aws-ml-proxy/page'],
  ['folders', process.execPath, 'scripts/check-folders.mjs'],
  ['unused files, exports and dependencies', 'knip'],
  ...published.map((folder) => [`publint ${folder}`, 'publint', '--strict', '--pack', 'npm', folder]),
  // ESM only, on purpose: CommonJS loads these packages by require(), on every Node that we support.
  ...published.map((folder) => [
    `are the types wrong ${folder}`,
    ...['attw', '--pack', folder, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'],
  ]),
];

const failed = checks.filter(([name, command, ...args]) => {
  const { status, stdout, stderr, error } = spawnSync(resolve(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    encoding: 'utf8',
  });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) console.log(`${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
  return status !== 0;
});

console.log(`checks: ${checks.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
