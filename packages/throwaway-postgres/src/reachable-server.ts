import { execFile } from 'node:child_process';
import { chown, cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerAccount } from './server-account.js';

/**
 * Makes a server runnable by `account`: a checkout in a private directory of root's is out of that account's reach, and
 * then the server runs from a copy in `directory`.
 *
 * @param installation the directory that holds `bin`
 * @returns the same of what to run
 */
export async function reachableServer(
  installation: string,
  account: ServerAccount,
  directory: string,
): Promise<string> {
  if (!account || (await runs(join(installation, 'bin', 'postgres'), account))) return installation;
  const copy = join(directory, 'server');
  await cp(installation, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
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
