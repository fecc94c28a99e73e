// Runs the unit tests of the services and of the planner on other versions of Node than the one at hand, which npm's package
// `node` brings: `npm run nodes`, or `npm run nodes -- 22` for one; what follows goes to Vitest.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const end = args.findIndex((arg) => !/^\d+$/.test(arg));
const named = end < 0 ? args : args.slice(0, end);
const rest = end < 0 ? [] : args.slice(end);
const projects = rest.length > 0 ? rest : ['--project', 'aws-ml-core', '--project', 'pg-rewriter'];

for (const major of named.length > 0 ? named : ['22', '24']) {
  const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...projects];
  const { status } = spawnSync('npx', ['--yes', `node@${major}`, ...vitest], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
