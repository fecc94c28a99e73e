import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from '../cli/run-cli.js';
import { createTestDatabase } from '../support/postgres.js';
import { readDocument, root, type Snippet, snippetsOf } from './markdown.js';

/** Documents whose blocks run elsewhere, or cannot run. Those of all others run here. */
const elsewhere: Readonly<Record<string, string>> = {
  'docs/performance.md': 'its commands are benchmarks of many minutes; `npm run bench:check` runs short forms',
  'docs/proxy.md': 'pg-aws-ml-proxy/test/docs/proxy-page.test.ts',
  'packages/pg-aws-ml-proxy/README.md': 'the same',
  'docs/training.md': 'test/models/training-page.test.ts',
  'packages/aws-ml-core/README.md': 'its program needs AWS; test/packaging compiles it',
  'packages/aws-ml-local/README.md': 'aws-ml-local/test/readme.test.ts',
  'packages/aws-ml-options/README.md': 'its program throws, which is what it shows; test/packaging compiles it',
};

async function documentsWithBlocks(): Promise<string[]> {
  const packages = await readdir(join(root, 'packages'));
  const folders = ['', 'docs/', ...packages.map((name) => `packages/${name}/`)];
  const documents = folders.map(async (folder) => {
    const names = await readdir(join(root, folder));
    return names.filter((name) => name.endsWith('.md')).map((name) => folder + name);
  });
  const all = (await Promise.all(documents)).flat();
  const blocks = await Promise.all(all.map(async (path) => snippetsOf(await readDocument(path)).length));
  return all.filter((path, index) => (blocks[index] ?? 0) > 0 && elsewhere[path] === undefined);
}

const documents = await documentsWithBlocks();

/** Programs of others, which a document shows with their arguments: not installed here, or run by another test. */
const otherPrograms: Readonly<Record<string, string>> = {
  esbuild: 'test/packaging bundles with these options',
  vitest: 'offline-example.test.ts',
  psql: 'migrations/scripts.test.ts',
  'pg-aws-ml-proxy': 'pg-aws-ml-proxy/test/cli and clients/documented.test.ts',
  'drizzle-kit': 'libraries/src/migration-sql.test.ts',
  'node-pg-migrate': 'libraries/src/migration-sql.test.ts',
  prisma: 'hundreds of megabytes of tools',
};

let services: LocalServices;
let environment: Environment;
let pool: Pool;
let directory: string;

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  services = await startLocalServices({ endpoints: { total: 'sum' } });
  environment = { ...connectionEnvironment(database), ...services.environment };
  const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const { url } = services;
  pool = new Pool({
    ...database,
    awsMl: { ...local, endpoints: { comprehend: url, sagemaker: url, bedrock: url, s3: url } },
  });
  const s3 = new S3Client({ ...local, endpoint: url, forcePathStyle: true });
  const address = { Bucket: 'my-data-lake', Key: 'exports/new-reviews.csv' };
  await s3.send(new CreateBucketCommand({ Bucket: address.Bucket }));
  await s3.send(
    new PutObjectCommand({ ...address, Body: 'id,product,stars,body\n901,lamp,5,Good.\n902,lamp,1,Bad.\n' }),
  );
  s3.destroy();
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  await pool.query(await readDocument('docs/example-tables.sql'));
  // Inside the package, where its own name resolves to what was built.
  directory = await mkdtemp(join(root, 'packages/pg-aws-ml/dist/docs-'));
});
afterAll(async () => {
  await pool.end();
  await services.close();
  await rm(directory, { recursive: true });
});

/** Runs a program in a process of its own; its standard output. */
async function runProgram(code: string): Promise<string> {
  const file = join(directory, 'program.mjs');
  await writeFile(file, code);
  // As if somebody had recorded.
  await writeFile(join(directory, 'answers.jsonl'), '{"cassette":"aws-ml-local","version":1}\n');
  const env = { ...process.env, ...environment, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: directory, env, encoding: 'utf8' });
  return stdout;
}

async function checkCommand(command: string): Promise<void> {
  // SQL for another program, or a file: only that it is printed can be seen here.
  const printing = [...command.matchAll(/npx (pg-aws-ml \w+ --sql)/g)].map(([, words = '']) =>
    words.split(' ').slice(1),
  );
  for (const args of printing) expect(await runCli(environment, args)).toMatchObject({ code: 0 });
  if (printing.length > 0) return;
  const [program = '', ...words] = command.split(' ').filter((word) => word !== 'npx' && word !== 'RECORD=1');
  if (otherPrograms[program] !== undefined) return;
  if (program === 'npm') return checkNpm(words);
  if (program === 'aws-ml-local') return expect(words.join(' ')).toMatch(/^--port \d+(?: --bucket [a-z-]+)?$/) as never;
  expect(program).toBe('pg-aws-ml');
  const [, ...args] = [...command.replace('npx ', '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare!,
  );
  expect(await runCli(environment, args)).toMatchObject({ code: 0 });
}

async function checkNpm([verb, ...names]: string[]): Promise<void> {
  if (verb !== 'install') {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(scripts)).toContain(verb === 'run' ? names[0] : verb);
    return;
  }
  // What `npm run pack` writes: test/packaging installs it.
  if (names.at(-1)?.endsWith('packed/*.tgz')) return;
  for (const name of names.filter((other) => other !== 'pg' && !other.startsWith('@aws-sdk/'))) {
    const manifest = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name });
    expect(manifest.private).toBeUndefined();
  }
}

/** What a hosting service does with a program that exports a function. */
function callOf(code: string): string {
  if (code.includes('export const handler')) return 'console.log(await handler()); await pool.end();';
  if (code.includes('function GET()'))
    return 'console.log(await (await GET()).json()); await globalThis.reviewsPool.end();';
  return '';
}

async function check({ language, code }: Snippet): Promise<void> {
  switch (language) {
    case 'js':
      // A test: offline-example.test.ts runs it.
      if (code.includes("from 'vitest'")) return;
      await runProgram(code + callOf(code));
      return;
    case 'json':
      expect(JSON.parse(code)).toBeTypeOf('object');
      return;
    case 'ts':
      // What TypeORM loads: migrations/scripts.test.ts runs the two files that it reads.
      expect(code).toContain('implements MigrationInterface');
      return;
    case 'sql':
      await pool.query(code);
      return;
    case 'sh':
      for (const command of code.trim().split('\n')) await checkCommand(command);
      return;
    default:
      expect(language).toBe('text');
  }
}

for (const document of documents) {
  const snippets = snippetsOf(await readDocument(document));

  describe(document, () => {
    it('has snippets', () => {
      expect(snippets.length).toBeGreaterThan(0);
    });

    it.each(snippets.map((snippet) => [`${snippet.language} at line ${snippet.line}`, snippet] as const))(
      'runs its %s',
      (_name, snippet) => check(snippet),
    );
  });
}

describe('the README', () => {
  it('shows a statement and what it becomes, which answer alike', async () => {
    const [written, runs] = snippetsOf(await readDocument('README.md')).filter(({ language }) => language === 'sql');
    const answers = await Promise.all([written, runs].map((snippet) => pool.query(snippet?.code ?? '')));
    const [first, second] = answers.map(({ rows }) => rows.sort((a, b) => a.product.localeCompare(b.product)));
    expect(first).toEqual([
      { product: 'kettle', complaints: '1' },
      { product: 'lamp', complaints: '2' },
    ]);
    expect(second).toEqual(first);
  });

  it('prints what it promises', async () => {
    const [program] = snippetsOf(await readDocument('README.md')).filter(({ language }) => language === 'js');
    const output = await runProgram(program?.code ?? '');
    const [promised] = snippetsOf(await readDocument('README.md')).filter(({ code }) => code.includes('(index)'));
    // Nodes differ in how they align a table.
    const cells = (table = '') => table.replace(/[─ ]+/g, ' ').trim();
    expect(cells(output)).toBe(cells(promised?.code));
  });

  it('is short, and its links lead somewhere', async () => {
    const readme = await readDocument('README.md');
    expect(readme.split('\n').length).toBeLessThanOrEqual(140);
    for (const [, link] of readme.matchAll(/\]\((?!http)([^)#]+)/g)) {
      await expect(
        import('node:fs/promises').then(({ access }) => access(join(root, link ?? ''))),
      ).resolves.toBeUndefined();
    }
  });
});

it('the errors page shows what an error holds', async () => {
  const [program] = snippetsOf(await readDocument('docs/errors.md'));
  const promised = [...(program?.code ?? '').matchAll(/\/\/ (.*)$/gm)].map(([, comment]) => comment);
  expect((await runProgram(program?.code ?? '')).trim().split('\n')).toEqual(promised);
});

it('the observability page shows the spans that there are', async () => {
  const programs = snippetsOf(await readDocument('docs/observability.md')).filter(({ language }) => language === 'js');
  const code = programs.at(-1)?.code ?? '';
  const [, promised] = /^\/\/ (\[.*\])$/m.exec(code) ?? [];
  expect((await runProgram(code)).replace(/\s+/g, ' ').trim()).toBe(promised);
});

it('the faults of the offline page are counted as it says', async () => {
  const programs = snippetsOf(await readDocument('docs/testing-offline.md')).filter(
    ({ language }) => language === 'js',
  );
  expect(await runProgram(programs.at(-1)?.code ?? '')).toBe('2\n');
});
