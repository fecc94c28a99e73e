import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mlSemantics } from '../../pg-aws-ml/test/oracle/ml-semantics.js';
import { type ClientLab, clientTables, openClientLab, run } from './client-lab.js';
import { type ClientProgram, clientPrograms, isInstalled, runClient } from './client-programs.js';

/** What docs/proxy.md shows for each client, by the language of its block. */
const shown: Readonly<
  Record<string, { readonly client: string; readonly file: string; readonly command: readonly string[] }>
> = {
  psql: { client: 'psql', file: 'example.sh', command: ['sh'] },
  python: { client: 'psycopg', file: 'example.py', command: ['/usr/bin/python3'] },
  java: { client: 'JDBC', file: 'Example.java', command: ['java', '-cp', '/usr/share/java/postgresql.jar'] },
  go: { client: 'Go', file: 'example.go', command: ['go', 'run'] },
  ruby: { client: 'Ruby', file: 'example.rb', command: ['ruby'] },
  php: { client: 'PHP', file: 'example.php', command: ['php'] },
  mjs: { client: 'postgres', file: 'example.mjs', command: [process.execPath] },
};

let page: string;
let directory: string;
let lab: ClientLab;

beforeAll(async () => {
  page = await readFile(join(import.meta.dirname, '../../../docs/proxy.md'), 'utf8');
  // Inside the package, for what Node looks up beside a program.
  await mkdir(join(import.meta.dirname, '../dist'), { recursive: true });
  directory = await mkdtemp(join(import.meta.dirname, '../dist/documented-'));
  lab = await openClientLab(mlSemantics);
  await run(lab.through, 'CREATE EXTENSION aws_ml CASCADE');
  await run(lab.direct, clientTables);
});
afterAll(async () => {
  await lab.close();
  await rm(directory, { recursive: true });
});

const programOf = (name: string): ClientProgram => clientPrograms.find((client) => client.name === name)!;
const isHere = (language: string): boolean => isInstalled(programOf(shown[language]!.client));

test.each(Object.keys(shown).filter(isHere))('what docs/proxy.md shows runs: %s', async (language) => {
  const { client, file, command } = shown[language]!;
  const source = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';
  const { port, user, database } = lab.through;
  const path = join(directory, file);
  await writeFile(
    path,
    source
      .replaceAll('6432', String(port))
      .replaceAll(/\bapp\b/g, user)
      .replaceAll('mydb', database),
  );
  const [program = '', ...args] = command;
  const example: ClientProgram = { ...programOf(client), command: program, args };
  const printed = await runClient(example, [path], { PGSSLMODE: 'disable' });
  const moods = ['1 MIXED', '2 NEUTRAL', '3 POSITIVE'];
  expect(printed.match(/\d\W+[A-Z]{5,}/g)?.map((row) => row.replaceAll(/\W+/g, ' '))).toEqual(moods);
});
