import type { ServerConnection } from '../server/server-connection.js';
import { newNonce } from '../stubs/stub-report.js';

const nonces = new WeakMap<object, string>();

/** The nonce of all replays on a physical connection: the results of one may stay for the cursors of its block. */
export function sessionNonce({ physical }: ServerConnection): string {
  const known = nonces.get(physical);
  if (known !== undefined) return known;
  const nonce = newNonce();
  nonces.set(physical, nonce);
  return nonce;
}
