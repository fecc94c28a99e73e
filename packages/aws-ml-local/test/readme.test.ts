import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndpointConfig, type Faults, type ModelConfig, startLocalServices } from '../src/index.js';
import { buildPackage, packageRoot } from './build-package.js';

let readme: string;
let directory: string;
beforeAll(async () => {
  readme = await readFile(join(packageRoot, 'README.md'), 'utf8');
  await buildPackage();
  // Inside the package, where its own name resolves to what was built.
  directory = await mkdtemp(join(packageRoot, 'dist', 'readme-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** The code blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code ?? '');
}

describe('the README', () => {
  it('shows a program that runs', async () => {
    const file = join(directory, 'program.mjs');
    await writeFile(file, blocks('js')[0] ?? '');
    const { stdout } = await promisify(execFile)(process.execPath, [file], { encoding: 'utf8' });
    expect(stdout).toBe('POSITIVE\n1\n');
  });

  it('shows endpoints and models that can be configured', async () => {
    await writeFile(join(directory, 'history.csv'), 'time,value\n1,10\n2,11\n');
    await writeFile(join(directory, 'scores.csv'), 'timestamp,value,score\n2025-01-01,1,0.5\n');
    const { endpoints } = JSON.parse(blocks('json')[0] ?? '') as { endpoints: Record<string, EndpointConfig> };
    const file = join(directory, 'models.mjs');
    await writeFile(file, (blocks('js')[1] ?? '').replace('const models =', 'export const models ='));
    const { models } = (await import(file)) as { models: Record<string, ModelConfig> };
    expect([Object.keys(endpoints).length, Object.keys(models).length]).toEqual([6, 6]);
    const services = await startLocalServices({ endpoints, models, baseDirectory: directory });
    await services.close();
  });

  it('shows faults that can be set', async () => {
    const services = await startLocalServices();
    const faults: Faults[] = [];
    const code = (blocks('js')[2] ?? '').replace('services.setFaults', 'set');
    new Function('set', code)((value: Faults) => faults.push(value));
    services.setFaults(faults[0]);
    await services.close();
    expect(Object.keys(faults[0] ?? {})).toEqual(['comprehend', 'sagemaker', 'bedrock', 's3']);
  });
});
