import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ServerAccount } from './server-account.js';

// The shell outlives us just long enough to end the server: our end of its standard input closes however we end. It is
// in a process group of its own, which an interrupt from the terminal does not reach.
const SUPERVISOR = `
directory=$1; shift
"$@" </dev/null & server=$!
read -r instruction
kill -INT $server; wait $server
[ "$instruction" = keep ] || rm -rf "$directory"
`;

/**
 * Runs a server that ends when `stop` is called and when this process ends in any way; then its directory is deleted.
 */
export function supervise(command: readonly string[], directory: string, account: ServerAccount): ChildProcess {
  const args = ['-c', SUPERVISOR, 'throwaway-postgres', directory, ...command];
  return spawn('/bin/sh', args, { ...account, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
}

/**
 * Ends the server, cutting off its clients.
 *
 * @param instruction `keep` leaves the directory, for another attempt.
 */
export async function stop(supervisor: ChildProcess, instruction: 'remove' | 'keep' = 'remove'): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  setReferenced(supervisor, true);
  const exited = once(supervisor, 'exit');
  supervisor.stdin?.end(`${instruction}\n`);
  await exited;
}

/** A server that nobody stopped does not keep its process from ending: it ends with it. */
export function setReferenced(supervisor: ChildProcess, referenced: boolean): void {
  for (const handle of [supervisor, supervisor.stdin, supervisor.stderr] as (ChildProcess | Socket)[]) {
    if (referenced) handle.ref();
    else handle.unref();
  }
}
