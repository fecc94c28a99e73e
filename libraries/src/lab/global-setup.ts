import { type ServerAddress, startPostgres } from 'throwaway-postgres';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ServerAddress;
  }
}

/** One server for all programs; each has databases of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { host, port, user, stop } = await startPostgres({ settings: { max_connections: '300' } });
  project.provide('postgres', { host, port, user });
  return stop;
}
