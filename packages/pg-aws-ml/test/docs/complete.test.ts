import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsMlErrorCodes } from 'aws-ml-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { AwsMlErrorCode } from '../../src/index.js';
import { awsMlOptions } from '../../src/pool-state/aws-ml-options.js';
import { firstCells, readDocument, root, snippetsOf } from './markdown.js';

async function sourcesOf(folder: string): Promise<string> {
  const names = await readdir(join(root, folder), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const texts = await Promise.all(sources.map((name) => readFile(join(root, folder, name), 'utf8')));
  return texts.join('\n');
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, found]) => found ?? ''))].sort();

describe('docs/errors.md', () => {
  const codes = async (header: string) =>
    firstCells(await readDocument('docs/errors.md'), header).map((cell) => cell.replaceAll('`', ''));

  it('has every code of a failed call, and no other', async () => {
    expect((await codes('code')).sort()).toEqual([...awsMlErrorCodes]);
    expectTypeOf<AwsMlErrorCode>().toEqualTypeOf<(typeof awsMlErrorCodes)[number]>();
  });

  it('has every member of awsMl, and no other', async () => {
    const source = await readFile(join(root, 'packages/pg-aws-ml/src/stubs/failed-call.ts'), 'utf8');
    const members = source.slice(source.indexOf('interface AwsMlFailure'), source.indexOf('export function'));
    expect((await codes('member')).sort()).toEqual(matches(members, /^ {2}readonly (\w+):/gm));
  });

  it('has every SQLSTATE that the source raises', async () => {
    const source = (
      await Promise.all(['pg-aws-ml', 'aws-ml-core'].map((name) => sourcesOf(`packages/${name}/src`)))
    ).join();
    const raised = matches(
      source,
      /(?:ERRCODE = |code: |databaseError\(|strictMiss: |ABORTED: |NULL_ARGUMENT: |\?\? )'([0-9A-Z]{5})'/g,
    ).filter((code) => code !== '00000');
    expect(raised.length).toBeGreaterThan(8);
    const page = firstCells(await readDocument('docs/errors.md'), 'SQLSTATE').join(' ');
    expect(raised.filter((code) => !page.includes(code))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  const unquoted = (cell: string) => cell.replaceAll('`', '');

  it('has every option of awsMl, and no other', async () => {
    const documented = firstCells(await readDocument('docs/configuration.md'), 'option').map(unquoted);
    expect(documented.sort()).toEqual(Object.keys(awsMlOptions.entries).sort());
  });

  it('names within each option what can be set in it, and nothing else', async () => {
    const page = await readDocument('docs/configuration.md');
    for (const [name, option] of Object.entries(awsMlOptions.entries)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      const quoted = matches(row, /`([^`]+)`/g).join(' ');
      const known = keysWithin(option);
      expect(known.filter((key) => !quoted.includes(key))).toEqual([]);
      const keys = matches(quoted, /[{,] ?'?([\w.]+)'?(?=[,:]| \})/g);
      // Names of endpoints and models are the application's.
      expect(keys.filter((key) => !known.includes(key) && !/^a\./.test(key))).toEqual([]);
    }
  });
});

/** The keys of the objects within an option, at any depth. */
function keysWithin(schema: object): string[] {
  const { wrapped, getter, entries, value } = schema as {
    readonly wrapped?: object;
    readonly getter?: (input: unknown) => object;
    readonly entries?: Readonly<Record<string, object>>;
    readonly value?: object;
  };
  const within = wrapped ?? getter?.({}) ?? value;
  const own = Object.entries(entries ?? {}).flatMap(([key, entry]) => [key, ...keysWithin(entry)]);
  return [...new Set([...own, ...(within === undefined ? [] : keysWithin(within))])];
}

describe('docs/observability.md', () => {
  const source = (file: string) => readFile(join(root, 'packages/pg-aws-ml/src/observability', file), 'utf8');
  const documented = async (header: string) =>
    firstCells(await readDocument('docs/observability.md'), header)
      .flatMap((cell) => matches(cell, /`([^`]+)`/g))
      .sort();

  it('has every field of the event', async () => {
    const text = await readFile(join(root, 'packages/aws-ml-core/src/observer.ts'), 'utf8');
    const fields = text.slice(text.indexOf('interface RequestFacts'), text.indexOf('interface FailedAttempt'));
    expect(await documented('field')).toEqual(matches(fields, /^ {2}readonly (\w+):/gm));
  });

  it('has every message of the log', async () => {
    const messages = matches(await source('log.ts'), /(?:'(?:debug|info|warn|error)'|level), '([^']+)'/g);
    expect(messages.length).toBeGreaterThan(8);
    expect(await documented('message')).toEqual(messages);
  });

  it('has every attribute of the spans', async () => {
    const names = /'((?:aws|aws_ml|cloud|db|error|gen_ai|http|rpc|server)\.[\w.]+)'(?=[:,] )/g;
    const statement = matches(await source('statement-span.ts'), names).filter(
      (name) => !/request\.|planned|validated|retry/.test(name),
    );
    expect(await documented('statement')).toEqual(statement);
    const request = matches(await source('attributes.ts'), names);
    expect(request.length).toBeGreaterThan(15);
    expect(await documented('request')).toEqual(request);
  });

  it('has every metric', async () => {
    const metrics = matches(await source('metrics.ts'), /(?:seconds|counter|create\w+)\(\s*'([\w.]+)'/g);
    expect(metrics).toHaveLength(9);
    expect(await documented('metric')).toEqual(metrics);
  });
});

it('docs/services.md has the signature of every function', async () => {
  const page = await readDocument('docs/services.md');
  const { mlFunctions } = await import('aws-ml-core/ml-functions');
  for (const { qualifiedName, parameters, results } of mlFunctions) {
    const [, signature = ''] = page.slice(page.indexOf(`## ${qualifiedName}\n`)).split('`');
    const names = [...parameters, ...results].map(({ name }) => name);
    expect(names.filter((name) => !signature.includes(name))).toEqual([]);
  }
});

describe('the README of each published package', async () => {
  const folders = await readdir(join(root, 'packages'));
  const manifests = await Promise.all(
    folders.map(async (name) => JSON.parse(await readDocument(`packages/${name}/package.json`))),
  );
  const published = manifests.filter((manifest) => !manifest.private);
  const { homepage } = JSON.parse(await readDocument('package.json'));
  const base = homepage.replace('#readme', '/blob/main/');

  it.each(published.map(({ name }) => name))(
    'of %s links to documents, options and errors that exist',
    async (name) => {
      const readme = await readDocument(`packages/${name}/README.md`);
      expect(readme).toContain(`${base}docs/configuration.md`);
      expect(readme).toContain(`${base}docs/errors.md`);
      const links = matches(readme, /\]\((https:\/\/github\.com\/pg-aws-ml[^)#]*)/g);
      expect(links.filter((link) => !link.startsWith(base))).toEqual([]);
      for (const link of links) await expect(readDocument(link.slice(base.length))).resolves.toBeDefined();
    },
  );

  it.each(published)('$name has a manifest that says whose it is, and where', (manifest) => {
    const { repository, bugs, author, keywords } = manifest;
    expect(repository).toMatchObject({ type: 'git', directory: `packages/${manifest.name}` });
    expect(manifest.homepage).toContain(`packages/${manifest.name}`);
    expect(bugs.url).toMatch(/^https:/);
    expect(author).toBeTruthy();
    expect(keywords.length).toBeGreaterThan(2);
  });
});

it('a document whose examples use a table or a role says where it is defined', async () => {
  const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  for (const path of ['README.md', 'packages/pg-aws-ml/README.md', ...names.map((name) => `docs/${name}`)]) {
    const page = await readDocument(path);
    const used = snippetsOf(page).some(({ code }) => /\bFROM reviews\b|\b(TO|FROM) app\b/.test(code));
    if (used) expect(page, path).toContain('example-tables.sql)');
  }
});

it('ARCHITECTURE.md names every folder and only files that exist', async () => {
  const page = await readDocument('ARCHITECTURE.md');
  const packages = await readdir(join(root, 'packages'));
  for (const name of packages) expect(page).toContain(`packages/${name}/src`);
  for (const name of ['pg-aws-ml', 'pg-rewriter', 'aws-ml-core']) {
    const entries = await readdir(join(root, 'packages', name, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => `packages/${name}/src/${entry.name}`);
    expect(folders.filter((folder) => !page.includes(folder))).toEqual([]);
  }
  const sources = (
    await Promise.all(packages.map((name) => readdir(join(root, 'packages', name), { recursive: true })))
  ).flat();
  const files = matches(page, /([\w-]+\.ts)/g);
  expect(files.filter((file) => !sources.some((path) => path.endsWith(`/${file}`)))).toEqual([]);
});
