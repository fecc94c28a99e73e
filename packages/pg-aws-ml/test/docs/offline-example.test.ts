import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, connectionEnvironment, type Environment } from '../cli/run-cli.js';
import { createTestDatabase } from '../support/postgres.js';
import { readDocument, root, snippetsOf } from './markdown.js';

// Another local server stands for AWS: it is found by the environment, as AWS is.
let aws: LocalServices;
let environment: Environment;
let project: string;

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  aws = await startLocalServices();
  environment = { ...connectionEnvironment(database), AWS_REGION: 'us-east-1' };
  project = await mkdtemp(join(tmpdir(), 'offline-example-'));
  await mkdir(join(project, 'node_modules'));
  const packages = ['pg-aws-ml', 'aws-ml-local'].map((name) => [name, join(root, 'packages', name)] as const);
  for (const [name, target] of [...packages, ['vitest', join(root, 'node_modules/vitest')] as const]) {
    await symlink(target, join(project, 'node_modules', name));
  }
  const examples = snippetsOf(await readDocument('docs/testing-offline.md'));
  const example = examples.find(({ code }) => code.startsWith('// reviews.test.js')) ?? { code: '' };
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(join(project, 'reviews.test.js'), example.code);
});
afterAll(async () => {
  await rm(project, { recursive: true });
});

/** Runs the example as its reader does; what it prints. */
async function runExample(variables: Environment): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, NO_COLOR: '1', ...environment, ...variables };
  // Of a busy machine.
  const patience = ['--testTimeout', '60000'];
  const command = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...patience];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
    cwd: project,
    env,
    encoding: 'utf8',
  }).catch((failed: { stdout: string; stderr: string }) => failed);
  return stdout + stderr;
}

describe('the example of docs/testing-offline.md', () => {
  it('records what AWS answers, once', async () => {
    const upstream = { AWS_ENDPOINT_URL_COMPREHEND: aws.url, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    expect(await runExample({ RECORD: '1', ...upstream })).toMatch(/1 passed/);
    expect(aws.requests.total('comprehend')).toBe(1);
    await expect(access(join(project, 'answers.jsonl'))).resolves.toBeUndefined();
  });

  it('replays it without AWS', async () => {
    await aws.close();
    expect(await runExample({})).toMatch(/1 passed/);
  });

  it('fails for what was not recorded', async () => {
    const example = await readFile(join(project, 'reviews.test.js'), 'utf8');
    await writeFile(join(project, 'reviews.test.js'), example.replaceAll('A nice lamp.', 'A lamp.'));
    // Which key that is stands in the error's detail: faults/unrecorded.test.ts.
    expect(await runExample({})).toMatch(/1 failed/);
  });
});
