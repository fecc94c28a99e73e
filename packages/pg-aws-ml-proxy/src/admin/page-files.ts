import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const own = (name: string): string => fileURLToPath(new URL(`../../page/${name}`, import.meta.url));
const plotting = (name: string): string => createRequire(import.meta.url).resolve(`uplot/dist/${name}`);

/** All that the page consists of: nothing of it is anywhere else. */
const paths: ReadonlyMap<string, () => string> = new Map([
  ['/', () => own('index.html')],
  ...['page.css', 'page.js', 'plots.js', 'tables.js', 'format.js', 'icon.svg'].map(
    (name) => [`/${name}`, () => own(name)] as const,
  ),
  ...['uPlot.iife.min.js', 'uPlot.min.css'].map((name) => [`/${name}`, () => plotting(name)] as const),
]);

const known = new Map<string, Promise<PageFile>>();

/** A file of the page, by its path; undefined where there is none. Read once. */
export function pageFile(path: string): Promise<PageFile> | undefined {
  const find = paths.get(path);
  if (find === undefined) return undefined;
  let file = known.get(path);
  if (file === undefined) {
    file = read(find());
    known.set(path, file);
  }
  return file;
}

async function read(path: string): Promise<PageFile> {
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { type, bytes: await readFile(path) };
}
