import { readFile } from 'node:fs/promises';

/** The operating system account that the server runs under; undefined for our own. */
export type ServerAccount = { readonly uid: number; readonly gid: number } | undefined;

const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, as continuous integration often does, so root lends it an account that exists
 * already: creating one would change the machine.
 *
 * @throws Error when root has no such account to lend.
 */
export async function serverAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const account = accounts.find(([accountName]) => accountName === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error(`PostgreSQL cannot run as root and there is no account named ${CANDIDATES.join(' or ')}`);
}
