import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startLocalServices } from '../../src/index.js';
import { pythonWithBoto3 } from '../python-with-boto3.js';

const script = fileURLToPath(new URL('boto3-s3-check.py', import.meta.url));

describe.skipIf(pythonWithBoto3 === undefined)('boto3', () => {
  it.each(['in memory', 'in a folder'])('cannot tell S3 from AWS, objects being kept %s', async (where) => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-ml-local-s3-'));
    const services = await startLocalServices(where === 'in memory' ? {} : { data: join(folder, 'data') });
    const check = promisify(execFile)(pythonWithBoto3 ?? '', [script, services.url, folder], { encoding: 'utf8' });
    const { stdout } = await check.finally(async () => {
      await services.close();
      await rm(folder, { recursive: true });
    });
    expect(stdout.match(/^ok /gm)).toHaveLength(56);
  });
});
