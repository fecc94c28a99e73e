import { type ServerAddress, startPostgres } from 'throwaway-postgres';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ServerAddress & { readonly majorVersion: number };
  }
}

/** One server for a run of the tests: a database costs a tenth of a server's start. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { host, port, user, majorVersion, stop } = await startPostgres({ settings: { max_connections: '300' } });
  project.provide('postgres', { host, port, user, majorVersion });
  return stop;
}
