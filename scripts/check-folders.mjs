// Reads the imports within each package's src and fails where folders directly under src depend on one another in a
// circle, be it by way of a file that lies beside them. Types count as well: who needs a type knows the other. Prints the
// imports that make the circle.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The packages that are held to it. */
const held = [
  'aurora-reference',
  'aws-ml-core',
  'aws-ml-local',
  'aws-ml-options',
  'pg-aws-ml',
  'pg-aws-ml-proxy',
  'pg-rewriter',
  'throwaway-postgres',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const imports = /(?:\bfrom|\bimport)[\s(]*['"](\.[^'"]*)['"]/g;

/** Each import from one room (a folder or a file directly under src) into another, with the paths of both files. */
function arrowsOf(src) {
  const roomOf = (path) => relative(src, path).split(sep)[0];
  const files = readdirSync(src, { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(src, name));
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(imports)].flatMap(([, specifier]) => {
      const target = resolve(dirname(file), specifier).replace(/\.js$/, '.ts');
      const [from, to] = [roomOf(file), roomOf(target)];
      return to === '..' || from === to ? [] : [{ from, to, file: relative(src, file), target: relative(src, target) }];
    }),
  );
}

/** The rooms that can be reached from one. */
function reached(start, arrows) {
  const seen = new Set();
  const ahead = [start];
  while (ahead.length > 0) {
    const room = ahead.pop();
    for (const { from, to } of arrows) {
      if (from !== room || seen.has(to)) continue;
      seen.add(to);
      ahead.push(to);
    }
  }
  return seen;
}

/** The arrows that lie on a circle with two folders or more: from where they lead there is a way back. */
function circular(arrows) {
  const onward = new Map(arrows.map(({ from }) => [from, reached(from, arrows)]));
  const together = (a, b) => onward.get(a)?.has(b) && onward.get(b)?.has(a);
  const isFolder = (room) => !room.endsWith('.ts');
  return arrows.filter(
    ({ from, to }) =>
      together(from, to) && [...onward.keys()].filter((room) => isFolder(room) && together(from, room)).length > 1,
  );
}

let failed = 0;
for (const name of process.argv.length > 2 ? process.argv.slice(2) : held) {
  const arrows = circular(arrowsOf(join(root, 'packages', name, 'src')));
  if (arrows.length === 0) continue;
  failed += 1;
  const rooms = [...new Set(arrows.map(({ from }) => from))].sort();
  console.log(`packages/${name}/src: these depend on one another in a circle: ${rooms.join(', ')}`);
  const lines = arrows.map(({ from, to, file, target }) => `  ${from} -> ${to}: ${file} imports ${target}`);
  console.log(lines.sort().join('\n'));
}
process.exitCode = failed === 0 ? 0 : 1;
