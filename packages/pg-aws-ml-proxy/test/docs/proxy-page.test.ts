import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { awsMlSettings, flagOf, settingNames, settings, variableOf } from '../../src/cli/settings.js';
import { proxyOptions } from '../../src/proxy-options.js';

const root = join(import.meta.dirname, '../../../..');
let page: string;
beforeAll(async () => {
  page = await readFile(join(root, 'docs/proxy.md'), 'utf8');
});

/** What is quoted in the first cells of the table with this header. */
function quotedIn(header: string): string[] {
  const table = page.slice(page.indexOf(`| ${header} |`)).split('\n\n')[0] ?? '';
  const cells = table.split('\n').slice(2);
  return cells.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`?([\w]+)`?/g)].map(([, name = '']) => name));
}

describe('docs/proxy.md', () => {
  it('has every option, and no other', () => {
    expect(quotedIn('option').sort()).toEqual(Object.keys(proxyOptions.entries).sort());
  });

  it('has every flag for a value of awsMl, and no other', () => {
    const start = page.indexOf('| flag |');
    const cells = (page.slice(start).split('\n\n')[0] ?? '')
      .split('\n')
      .slice(2)
      .map((line) => line.split('|')[1] ?? '');
    const shown = cells.flatMap((cell) => [...cell.matchAll(/--[a-z-]+/g)].map(([flag]) => flag));
    expect(shown.sort()).toEqual(Object.keys(awsMlSettings).map(flagOf).sort());
  });

  it('has every SQLSTATE of ours, and no other', async () => {
    const src = join(import.meta.dirname, '../../src');
    const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'));
    const texts = await Promise.all(files.map((name) => readFile(join(src, name), 'utf8')));
    const raised = texts.flatMap((text) => [...text.matchAll(/new FatalError\(\s*'(\w{5})'/g)].map(([, code]) => code));
    const internal = 'XX000';
    expect(quotedIn('SQLSTATE').sort()).toEqual([...new Set(raised)].filter((code) => code !== internal).sort());
  });
});

describe('what docs/proxy.md and the README show', () => {
  it('names flags and variables that there are', async () => {
    const readme = await readFile(join(root, 'packages/pg-aws-ml-proxy/README.md'), 'utf8');
    // The last ones are npm's and Docker's.
    const known = [...settingNames.map(flagOf), '--config', '--check', '--help', '--prefix', '--read-only'];
    const named = [...`${page}${readme}`.matchAll(/(?<=[\s`(])--[a-z][a-z-]+/g)].map(([flag]) => flag);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((flag) => !known.includes(flag))).toEqual([]);
    const variables = [...page.matchAll(/PG_AWS_ML_\w+/g)].map(([variable]) => variable);
    expect(variables.filter((variable) => !settingNames.map(variableOf).includes(variable))).toEqual([]);
  });

  it('is a program that runs', async () => {
    const packageRoot = join(root, 'packages/pg-aws-ml-proxy');
    await promisify(execFile)(process.execPath, [join(root, 'scripts/setup.mjs')]);
    // Inside the package, where its own name resolves to what was built.
    const directory = await mkdtemp(join(packageRoot, 'dist/docs-'));
    const file = join(directory, 'program.mjs');
    await writeFile(file, /^```js\n(.*?)^```$/ms.exec(page)?.[1] ?? 'throw new Error("none")');
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    await rm(directory, { recursive: true });
    expect(stdout).toMatch(/^listening on \d+$/m);
  });
});

describe('flags and variables', () => {
  it('are there for every option but that of a structure', () => {
    expect([...Object.keys(settings), 'awsMl'].sort()).toEqual(Object.keys(proxyOptions.entries).sort());
  });

  it('are named after it', () => {
    expect(flagOf('maxClients')).toBe('--max-clients');
    expect(variableOf('maxClients')).toBe('PG_AWS_ML_MAX_CLIENTS');
  });
});
