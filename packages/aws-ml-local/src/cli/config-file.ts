import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LocalServicesOptions } from '../local-services.js';

const MEMBERS = new Set<keyof LocalServicesOptions>([
  'port',
  'host',
  'region',
  'sentiment',
  'endpoints',
  'models',
  'cassette',
  'faults',
  'seed',
  'baseDirectory',
]);

/**
 * Options from a .json file, or the default export of a JavaScript module. Relative paths in it start from the file.
 *
 * @throws Error for a file that isn't there, isn't an object, or has members that no option is called by
 */
export async function readConfigFile(path: string): Promise<LocalServicesOptions> {
  const file = resolve(path);
  const value = extname(file) === '.json' ? parse(await readFile(file, 'utf8'), path) : await importDefault(file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${path}: expected an object of options`);
  }
  for (const member of Object.keys(value)) {
    if (!(MEMBERS as Set<string>).has(member)) throw new Error(`${path}: there is no option ${member}`);
  }
  return { baseDirectory: dirname(file), ...value };
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: not JSON`, { cause });
  }
}

async function importDefault(file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}
