import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServices, startLocalServices } from '../../src/index.js';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// A python3 of a version manager comes first on PATH but seldom has the distribution's boto3.
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined) {
  process.stderr.write('boto3 is not installed (apt-get install python3-boto3): the check against it is skipped\n');
}

describe.skipIf(python === undefined)('boto3', () => {
  let services: LocalServices;
  beforeAll(async () => {
    services = await startLocalServices();
  });
  afterAll(() => services.close());

  it('cannot tell the control plane from AWS', async () => {
    const run = promisify(execFile);
    const { stdout } = await run(python ?? '', [path('boto3-check.py'), services.url, path('../boto3-models')], {
      encoding: 'utf8',
    });
    expect(stdout.match(/^ok /gm)).toHaveLength(26);
  });
});
