// Makes a checkout ready to run with nothing but Node and npm: installs the dependencies when they are not those of
// the lockfile, and builds what has changed. Says nothing unless it installs or fails. Uses no dependency itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.installed');

install();
run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']);
// Only now is there what it imports.
const { bundlePackages } = await import('./bundle.mjs');
await bundlePackages(root);

function install() {
  const wanted = dependencyHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Installing dependencies (once) ...\n');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile']);
  writeFileSync(stamp, wanted);
}

/** Changes with whatever decides what is in node_modules. */
function dependencyHash() {
  const members = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  const manifests = ['.', 'e2e', 'bench', 'demo', 'libraries', ...members].map((folder) =>
    join(folder, 'package.json'),
  );
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`\n${file}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${[command, ...args].join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}\n`);
  process.exit(1);
}
