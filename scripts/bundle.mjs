// Writes the JavaScript of the packages that applications load: one file for the main export, others for what is
// loaded when first needed. Hundreds of small modules take longer to find and to read than to run. The declarations
// are the compiler's. Does nothing where the files are newer than what they are made from.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** Small parts of small packages: to find their files would take longer than to run them. */
const inlined = new Set([
  'valibot',
  'lru-cache',
  'fastest-levenshtein',
  'postgres-array',
  'pgsql-deparser',
  '@pgsql/quotes',
]);

const packages = ['aws-ml-options', 'aws-ml-core', 'pg-rewriter', 'pg-aws-ml'];

/** The export of pg-aws-ml that other front ends are built upon. */
const FRONT_ENDS = 'session';

/** @param root the workspace */
export async function bundlePackages(root) {
  for (const name of packages) await bundlePackage(join(root, 'packages', name), root);
}

/** What a user imports or runs, by the manifest: names of files in src/ and dist/, without their ends. */
function entries(folder) {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const names = (files) => files.flatMap((file) => /^\.\/dist\/(.*)\.js$/.exec(file ?? '')?.[1] ?? []);
  return { imported: names(Object.values(exports).map((target) => target.default)), run: names(Object.values(bin)) };
}

async function bundlePackage(folder, root) {
  const dist = join(folder, 'dist');
  const stamp = join(dist, '.bundled');
  const sources = [join(folder, 'src'), join(folder, 'package.json'), join(root, 'scripts', 'bundle.mjs')];
  const changed = Math.max(...sources.map(lastChange));
  if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) === changed) return;
  const { imported, run } = entries(folder);
  await bundleFiles(
    folder,
    imported.filter((name) => name !== FRONT_ENDS),
    'chunks',
  );
  // Nobody loads both: the Pool stays in one file.
  if (imported.includes(FRONT_ENDS)) await bundleFiles(folder, [FRONT_ENDS], `${FRONT_ENDS}-chunks`);
  // By itself: a file that is shared with a program may become part of it, and the program would run when imported.
  for (const name of run) await bundleFiles(folder, [name], `${dirname(name)}/chunks`);
  writeFileSync(stamp, String(changed));
}

/** @param chunks the folder for what is loaded when first needed */
async function bundleFiles(folder, names, chunks) {
  const dist = join(folder, 'dist');
  rmSync(join(dist, chunks), { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: folder,
    input: Object.fromEntries(names.map((name) => [name, `src/${name}.ts`])),
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    tsconfig: join(folder, 'tsconfig.json'),
    external: (id, importer) =>
      !/^[./\0]/.test(id) && id !== PARSER && !inlined.has(id) && !(isOfParser(importer) && id in stands),
    plugins: [parserInOneFile],
    // The parser's file asks where it lies, to find its binary, which it is handed instead.
    transform: { define: { __dirname: '""' } },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    // Names stay, for stack traces. What is shorter is read sooner.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
    entryFileNames: '[name].js',
    chunkFileNames: `${chunks}/[name].js`,
  });
  await bundle.close();
  parserFile = undefined;
  for (const [name, licence] of licences(output)) copyFileSync(licence, join(dist, `${name}.LICENSE`));
}

/** Of the packages whose code is in the output, by their names. */
function licences(output) {
  const files = output.flatMap(({ moduleIds = [] }) => moduleIds).map((id) => id.replace(/^\0/, ''));
  const found = new Map();
  for (const file of files) {
    const [folder, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/.exec(file) ?? [];
    if (name !== undefined) found.set(name.replace('/', '+'), join(folder, licenceIn(folder)));
  }
  return found;
}

const licenceIn = (folder) => readdirSync(folder).find((name) => /^licen[cs]e(\.md)?$/i.test(name));

/** The newest modification time in a file or folder; a file that is deleted changes its folder. */
function lastChange(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const names = readdirSync(path);
  return names.reduce((latest, name) => Math.max(latest, lastChange(join(path, name))), info.mtimeMs);
}

const PARSER = 'libpg-query';

const isOfParser = (file) => file?.includes(`/${PARSER}/`) === true;

/** Where it is, once it is known. */
let parserFile;

/** Modules in the place of those that the parser imports, or of its loader. */
const stands = {
  // It reads its binary, and standard input.
  'node:fs': () => 'export default {};',
  // Of types alone.
  '@pgsql/types': () => 'export {};',
  // A bundler of an application could not follow a require() that is made at run time.
  'node:crypto': () => `export { randomFillSync } from 'node:crypto';`,
  binary: (file) => {
    const packed = gzipSync(readFileSync(file.replace(/\.js$/, '.wasm')), { level: 9 });
    return `export default ${JSON.stringify(packed.toString('base64'))};`;
  },
  loader: (file) => `
    import { gunzipSync } from 'node:zlib';
    import createModule from ${JSON.stringify(file)};
    import binary from '\0binary';
    const bytes = () => gunzipSync(Buffer.from(binary, 'base64'));
    const instantiateWasm = (imports, done) => {
      WebAssembly.instantiate(bytes(), imports).then(({ instance }) => done(instance));
    };
    export default () => createModule({ instantiateWasm });`,
};

/**
 * The parser's WebAssembly is a file beside its JavaScript, which no bundler of an application finds. So it comes with
 * ours, as text in a module that is loaded when first needed.
 */
const parserInOneFile = {
  name: 'parser-in-one-file',
  async resolveId(id, importer, options) {
    if (id === '\0binary') return id;
    if (!isOfParser(importer)) return undefined;
    if (id in stands) return `\0${id}`;
    if (id !== './libpg-query.js') return undefined;
    const resolved = await this.resolve(id, importer, { ...options, skipSelf: true });
    parserFile = resolved.id;
    return '\0loader';
  },
  load(id) {
    return id.startsWith('\0') ? stands[id.slice(1)]?.(parserFile) : undefined;
  },
};
