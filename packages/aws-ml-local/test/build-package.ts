import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Builds the package, as users get it. */
export async function buildPackage(): Promise<void> {
  const setup = spawn(process.execPath, [join(packageRoot, '../../scripts/setup.mjs')], { stdio: 'inherit' });
  const [code] = await once(setup, 'exit');
  if (code !== 0) throw new Error('the package does not build');
}
