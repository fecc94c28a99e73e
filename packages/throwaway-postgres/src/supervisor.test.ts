import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stop, supervise } from './supervisor.js';

const SERVER = [
  process.execPath,
  '--eval',
  `process.on('SIGINT', () => process.exit()); setInterval(() => {}, 1000); console.error(process.pid)`,
];

async function startServer() {
  const directory = await mkdtemp(join(tmpdir(), 'supervisor-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const supervisor = supervise(SERVER, directory, undefined);
  const [pid] = await once(supervisor.stderr as NodeJS.ReadableStream, 'data');
  return { directory, supervisor, isRunning: () => isRunning(Number(pid)) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('ends the server when its process goes away without a word', async () => {
  const { directory, supervisor, isRunning } = await startServer();
  expect(isRunning()).toBe(true);
  const exited = once(supervisor, 'exit');
  supervisor.stdin?.destroy();
  await exited;
  expect(isRunning()).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

it('keeps the directory for another attempt', async () => {
  const { directory, supervisor } = await startServer();
  await stop(supervisor, 'keep');
  expect(existsSync(directory)).toBe(true);
});
