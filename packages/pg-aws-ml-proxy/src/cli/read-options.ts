import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, checkOptions } from 'aws-ml-options';
import { type ProxyOptions, proxyOptions } from '../proxy-options.js';
import { allSettings, flagOf, type Setting, variableOf } from './settings.js';

/** Flags as they were written; one that is just there is `true`. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Puts options together: flags go before the environment, that before the file of `--config`.
 *
 * @throws ConfigurationError that names the flag, the variable or the file with what is wrong
 */
export async function readOptions(
  flags: Flags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ProxyOptions> {
  const path = flags.config ?? environment[variableOf('config')];
  let options: Structure = typeof path === 'string' ? { ...(await readConfigFile(path)) } : {};
  for (const [name, setting] of Object.entries(allSettings)) {
    const variable = variableOf(name);
    const [value, source] = flags[name] === undefined ? [environment[variable], variable] : [flags[name], flagOf(name)];
    if (value !== undefined && value !== '') options = withValue(options, setting.path, read(setting, value, source));
  }
  checkOptions(proxyOptions, options, 'proxy');
  return options;
}

type Structure = Readonly<Record<string, unknown>>;

/** A copy in which the value stands at the path: the file's own structures, which a module may share, stay as they are. */
function withValue(structure: Structure, [name = '', ...rest]: readonly string[], value: unknown): Structure {
  if (rest.length === 0) return { ...structure, [name]: value };
  return { ...structure, [name]: withValue((structure[name] ?? {}) as Structure, rest, value) };
}

function read(setting: Setting, value: string | boolean, source: string): unknown {
  try {
    return typeof value === 'boolean' ? value : setting.read(value);
  } catch (error) {
    throw new ConfigurationError([`${source} ${(error as Error).message}.`]);
  }
}

/** A .json file, or the default export of a JavaScript module. */
async function readConfigFile(path: string): Promise<ProxyOptions> {
  const file = resolve(path);
  const isJson = extname(file) === '.json';
  const value: unknown = isJson ? parsed(await readFile(file, 'utf8'), path) : await importedDefault(file);
  checkOptions(proxyOptions, value, path);
  return value;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError([`${path} is not JSON: ${(cause as Error).message.replace(/, ".*/s, '')}.`]);
  }
}

async function importedDefault(file: string): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  return module.default;
}
