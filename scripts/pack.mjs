// Packs every package that is published, as npm would publish it: into packed/, or the folder that is named.
// Prints the paths of the tarballs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const destination = resolve(process.argv[2] ?? join(root, 'packed'));

const folders = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private);

mkdirSync(destination, { recursive: true });
// Tarballs of older versions would be installed beside the new ones.
for (const name of readdirSync(destination).filter((other) => other.endsWith('.tgz'))) rmSync(join(destination, name));

const { status, stdout, stderr, error } = spawnSync(
  'npm',
  ['pack', '--json', '--pack-destination', destination, ...folders],
  { cwd: root, encoding: 'utf8' },
);
if (status !== 0) {
  process.stderr.write(`npm pack failed\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}\n`);
  process.exit(1);
}
for (const { filename } of JSON.parse(stdout)) console.log(join(destination, filename));
