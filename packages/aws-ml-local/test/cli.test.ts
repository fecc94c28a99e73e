import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage, packageRoot } from './build-package.js';

const main = join(packageRoot, 'dist/cli/main.js');

let directory: string;
const children: ChildProcessWithoutNullStreams[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-ml-local-'));
  await buildPackage();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || !child.kill()) continue;
    await once(child, 'exit');
  }
});
afterAll(() => rm(directory, { recursive: true }));

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args]);
  children.push(child);
  return child;
}

/** What the program prints until its output holds the last variable. */
async function environmentOf(child: ChildProcessWithoutNullStreams): Promise<Record<string, string>> {
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes('AWS_SECRET_ACCESS_KEY=local\n')) break;
  }
  return Object.fromEntries([...output.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
}

async function failureOf(child: ChildProcessWithoutNullStreams) {
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code, errors };
}

const predict = async (endpoint: string, EndpointName: string, body: string) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SageMakerRuntimeClient({ endpoint, region: 'us-east-1', credentials });
  const input = { EndpointName, Body: Buffer.from(body), ContentType: 'text/csv', Accept: 'text/csv' };
  const answer = await client.send(new InvokeEndpointCommand(input)).finally(() => client.destroy());
  return Buffer.from(answer.Body ?? []).toString();
};

describe('aws-ml-local', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
    expect(await text(start('-V').stdout)).toBe(`${version}\n`);
  });

  it('serves what a JSON file configures and prints the environment', async () => {
    await writeFile(join(directory, 'answers.csv'), 'a,b,answer\n1,2,three\n');
    const config = { endpoints: { total: 'sum', known: { table: 'answers.csv' } }, region: 'eu-central-1' };
    await writeFile(join(directory, 'config.json'), JSON.stringify(config));
    const child = start('--config', join(directory, 'config.json'), '--port', '0');
    const environment = await environmentOf(child);
    const url = environment.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME ?? '';
    expect(environment).toMatchObject({ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_COMPREHEND: url });
    expect(await predict(url, 'known', '1,2\n')).toBe('three\n');
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it('keeps buckets in a folder', async () => {
    const data = join(directory, 'data');
    const child = start('--data', data, '--bucket', 'one', '--bucket', 'two');
    const { AWS_ENDPOINT_URL_S3: url = '' } = await environmentOf(child);
    expect((await fetch(url)).status).toBe(403);
    expect((await readdir(data)).sort()).toEqual(['one', 'two']);
  });

  it('takes functions from a module', async () => {
    const module = 'export default { endpoints: { twice: { predict: ([x]) => 2 * x } } };';
    await writeFile(join(directory, 'config.mjs'), module);
    const environment = await environmentOf(start('--config', join(directory, 'config.mjs')));
    expect(await predict(environment.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME ?? '', 'twice', '21')).toBe('42\n');
  });

  it.each([
    [['--port', 'x'], /Not a port number/],
    [['--replay', '/nowhere/cassette.jsonl'], /there is no cassette at/],
    [['--record', 'a', '--replay', 'b'], /cannot be used with/],
    [['--config', '/nowhere/config.json'], /ENOENT/],
  ])('says what is wrong with %s', async (args, message) => {
    const { code, errors } = await failureOf(start(...args));
    expect(code).not.toBe(0);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/\n\s+at /);
  });

  it('refuses options that do not exist', async () => {
    await writeFile(join(directory, 'typo.json'), '{"endpoint": {}}');
    const { errors } = await failureOf(start('--config', join(directory, 'typo.json')));
    expect(errors).toContain('endpoint is not an option. Did you mean endpoints?');
  });
});
