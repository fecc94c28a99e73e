import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const packages = join(root, 'packages');

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

async function publishedPackages(): Promise<{ folder: string; manifest: Manifest }[]> {
  const folders = (await readdir(packages)).map((name) => join(packages, name));
  const all = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      manifest: JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest,
    })),
  );
  return all.filter(({ manifest }) => !manifest.private);
}

/** Packs every package that is published, as the README says. Returns the tarballs. */
async function pack(destination: string): Promise<string[]> {
  const { stdout } = await run('npm', ['run', '--silent', 'pack', '--', destination], { cwd: root });
  return stdout.trim().split('\n');
}

/** The programs that the READMEs show: blocks of JavaScript and TypeScript that import what they use. */
async function readmePrograms(): Promise<{ file: string; program: string }[]> {
  const readmes = [root, ...(await publishedPackages()).map(({ folder }) => folder)];
  const programs = readmes.map(async (folder) => {
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    return [...readme.matchAll(/^```[jt]s\n(import .*?)^```$/gms)].map(([, program = ''], index) => ({
      file: `${folder === root ? 'readme' : basename(folder)}-${index}.mts`,
      program,
    }));
  });
  return (await Promise.all(programs)).flat();
}

/** The program that the README shows. */
async function readmeProgram(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  return /^```js\n(.*?)^```$/ms.exec(readme)?.[1] ?? '';
}

/** The same program for require(). */
function asCommonJs(program: string): string {
  const required = program.replace(/^import (\{[^}]*\}) from ('[^']*');/gm, 'const $1 = require($2);');
  const [imports, body] = required.split(/\n\n(.*)/s);
  return `${imports}\n(async () => {\n${body}\n})();\n`;
}

describe('the packed packages, installed with npm into an empty project', () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'packages-'));
    await writeFile(join(project, 'package.json'), '{ "name": "customer", "private": true }\n');
    const tarballs = await pack(project);
    const tools = ['esbuild', 'webpack', 'typescript@5', '@types/node@20'];
    await run('npm', ['install', '--no-audit', '--no-fund', 'pg', ...tools, ...tarballs], { cwd: project });
    await cp(join(import.meta.dirname, 'customer'), project, { recursive: true });
  });
  afterAll(() => rm(project, { recursive: true, force: true }));

  it('contain no tests and no build state', async () => {
    for (const { manifest } of await publishedPackages()) {
      const files = await readdir(join(project, 'node_modules', manifest.name), { recursive: true });
      expect(files.filter((file) => /\.test\.|tsbuildinfo/.test(file))).toEqual([]);
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']));
    }
  });

  it.each(['smoke.mjs', 'smoke.cjs', 'deep-imports.cjs'])('run %s', async (script) => {
    const { stdout, stderr } = await run(process.execPath, [script], { cwd: project });
    expect(stderr.replace(/^.*ExperimentalWarning.*\n.*--trace-warnings.*\n/, '')).toBe('');
    expect(stdout).toBe('ok\n');
  });

  it("compile the READMEs' programs under strict TypeScript", async () => {
    const programs = await readmePrograms();
    expect(programs.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['readme-0.mts', 'aws-ml-core-0.mts', 'aws-ml-local-0.mts', 'pg-aws-ml-0.mts']),
    );
    await Promise.all(programs.map(({ file, program }) => writeFile(join(project, file), program)));
    const compiler = join(project, 'node_modules', '.bin', 'tsc');
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
    const { stdout } = await run(compiler, [...options, ...programs.map(({ file }) => file)], { cwd: project }).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout).toBe('');
  });

  describe('with a server', () => {
    let server: ThrowawayPostgres;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());
    const environment = () => {
      const { host, port, user, database } = server;
      return { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
    };

    it.each([
      ['readme.mjs', (program: string) => program],
      ['readme.cjs', asCommonJs],
    ])("run the README's program as %s", async (file, convert) => {
      await writeFile(join(project, file), convert(await readmeProgram()));
      const { stdout } = await run(process.execPath, [file], { cwd: project, env: environment() });
      expect(stdout).toMatch(/'What a wonderful stay!' *│ *'POSITIVE'/);
      expect(stdout).toMatch(/'A broken shower, terrible!' *│ *'NEGATIVE'/);
    });

    // Run where there is no node_modules, and nothing beside the bundle that it could look for by name.
    it.each(['esbuild.mjs', 'esbuild.cjs', 'webpack.cjs'])('answer ML calls when bundled into %s', async (bundle) => {
      await run(process.execPath, ['bundle.cjs', bundle], { cwd: project });
      const { startLocalServices } = await import(join(packages, 'aws-ml-local', 'dist', 'index.js'));
      const services = await startLocalServices();
      const elsewhere = await mkdtemp(join(tmpdir(), 'bundled-'));
      try {
        await cp(join(project, 'bundled', bundle), elsewhere, { recursive: true });
        const env = { ...environment(), ...services.environment };
        const { stdout } = await run(process.execPath, [bundle], { cwd: elsewhere, env });
        expect(stdout).toBe('POSITIVE\n');
      } finally {
        await services.close();
        await rm(elsewhere, { recursive: true });
      }
    });

    it('bring the program pg-aws-ml', async () => {
      const program = join(project, 'node_modules', '.bin', 'pg-aws-ml');
      const { stdout } = await run(program, ['query', '--csv', 'SELECT 1 AS one'], { env: environment() });
      expect(stdout).toBe('one\n1\n');
    });
  });
});
