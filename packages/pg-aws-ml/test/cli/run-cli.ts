import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DatabaseAddress } from '../support/postgres.js';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const main = join(packageRoot, 'dist/cli/main.js');

/** Builds the package, as users get it. */
export async function buildCli(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(packageRoot, '../../scripts/setup.mjs')]);
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What psql's users set. */
export function connectionEnvironment({ host, port, user, database }: DatabaseAddress): Environment {
  return { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
}

/** Starts the real program, with nothing of this process's environment but what it needs to find node and itself. */
export function startCli(environment: Environment, args: readonly string[], stdout: 'pipe' | number = 'pipe') {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['pipe', stdout, 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...environment,
    },
  });
  const { stdin, stderr } = child;
  if (stdin === null || stderr === null) throw new Error('no pipes');
  return Object.assign(child, { stdin, stderr });
}

/** Runs it to its end. */
export async function runCli(
  environment: Environment,
  args: readonly string[],
  input = '',
  output: 'pipe' | number = 'pipe',
): Promise<Finished> {
  const child = startCli(environment, args, output);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: child.exitCode, stdout, stderr };
}
