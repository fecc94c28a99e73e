import { readFile } from 'node:fs/promises';
import { ConfigurationError } from 'aws-ml-options';
import { readSecret, type ScramKeys, type ScramSecret } from './scram.js';
import type { ServerAddress } from './server-address.js';

/** What the proxy knows of a role: its password, or the secret that the server keeps of it. */
export type Credential = { readonly password: string } | { readonly secret: ScramSecret };

/** What a role logs in to the server with, once its client has proven that it may. */
export type ServerCredential = { readonly password: string } | { readonly keys: ScramKeys };

/** By the name of the role. */
export type Credentials = ReadonlyMap<string, Credential>;

/**
 * Reads a file with a role and its password in each line, in double quotes: `"app" "secret"`. In place of a password it
 * may hold the secret `SCRAM-SHA-256$…` that `pg_authid` has of it. Empty lines and those that begin with `;` or `#` are
 * comments; a double quote within a value is doubled.
 *
 * @throws ConfigurationError that names the line, not what is in it
 */
export async function readUsers(path: string): Promise<Credentials> {
  const users = new Map<string, Credential>();
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/);
  lines.forEach((line, index) => {
    if (/^\s*([;#]|$)/.test(line)) return;
    const [, name, password] = /^\s*"((?:[^"]|"")*)"\s+"((?:[^"]|"")*)"/.exec(line) ?? [];
    if (name === undefined || password === undefined) {
      throw new ConfigurationError([`${path}, line ${index + 1}: must be a role and a password, "app" "secret".`]);
    }
    const secret = readSecret(unquoted(password));
    users.set(unquoted(name), secret === undefined ? { password: unquoted(password) } : { secret });
  });
  return users;
}

const unquoted = (value: string): string => value.replaceAll('""', '"');

/**
 * Those whom the proxy authenticates itself; undefined where authentication passes.
 *
 * @param users a file, as `readUsers` reads it
 * @throws ConfigurationError
 */
export async function credentialsOf(
  auth: 'pass' | 'own' | undefined,
  users: string | undefined,
  { user, password }: ServerAddress,
): Promise<Credentials | undefined> {
  if (auth === 'pass' && users !== undefined) {
    throw new ConfigurationError(['users says whom the proxy authenticates: auth must be "own".']);
  }
  if (users !== undefined) return readUsers(users);
  if (auth !== 'own') return undefined;
  if (user === undefined || password === undefined) {
    throw new ConfigurationError(['auth is "own": users must name a file, or upstream have a role and its password.']);
  }
  return new Map([[user, { password }]]);
}
