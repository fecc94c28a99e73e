import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkLocalOptions, type LocalServicesOptions } from '../local-options.js';

/**
 * Options from a .json file, or the default export of a JavaScript module. Relative paths in it start from the file.
 *
 * @throws Error for a file that isn't there or isn't JSON, ConfigurationError for one that holds no options
 */
export async function readConfigFile(path: string): Promise<LocalServicesOptions> {
  const file = resolve(path);
  const value = extname(file) === '.json' ? parse(await readFile(file, 'utf8'), path) : await importDefault(file);
  checkLocalOptions(value, path);
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
