import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Compiles the package to dist/, as users get it. */
export async function buildPackage(): Promise<void> {
  const tsc = spawn(join(packageRoot, '../../node_modules/.bin/tsc'), ['-b'], { cwd: packageRoot, stdio: 'inherit' });
  const [code] = await once(tsc, 'exit');
  if (code !== 0) throw new Error('the package does not compile');
}
