import { execFile } from 'node:child_process';
import { chown, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerAccount } from './server-account.js';
import { pathsWithin } from './standby.js';

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
  await Promise.all((await pathsWithin(copy)).map((path) => chown(path, account.uid, account.gid)));
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
