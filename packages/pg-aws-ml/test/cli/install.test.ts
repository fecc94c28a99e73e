import { beforeAll, expect, it } from 'vitest';
import { createCacheTable, tableName } from '../../src/cache/cache-table-sql.js';
import { dropScript } from '../../src/statements/extension/drop-script.js';
import { installScript } from '../../src/statements/extension/install-script.js';
import { updateScript } from '../../src/statements/extension/update-script.js';
import { createTestDatabase } from '../support/postgres.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from './run-cli.js';

let environment: Environment;
const run = (...args: string[]) => runCli(environment, args);
const functions = async () =>
  (
    await run(
      'query',
      '--csv',
      "SELECT count(*) AS n FROM pg_proc WHERE proname IN ('invoke_model', 'detect_sentiment')",
    )
  ).stdout;

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  environment = connectionEnvironment(database);
});

it('installs the version that is asked for, and removes it without a trace', async () => {
  expect(await run('install', '--no-cascade')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^ERROR: {2}42704: required extension "aws_commons" is not installed\nHINT: /),
  });
  expect(await run('install', '--extension-version', "9'")).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^ERROR: {2}22023: .*version "9'"\n$/),
  });
  expect(await run('install', '--extension-version', '1.0')).toEqual({
    code: 0,
    stdout: 'CREATE EXTENSION\n',
    stderr: 'NOTICE:  installing required extension "aws_commons"\n',
  });
  expect(await functions()).toBe('n\n1\n');
  expect(await run('install')).toMatchObject({ code: 0, stderr: expect.stringContaining('already exists, skipping') });
  expect(await run('uninstall')).toMatchObject({ code: 0, stdout: 'DROP EXTENSION\n' });
  expect(await run('install')).toMatchObject({ code: 0 });
  expect(await functions()).toBe('n\n2\n');
});

it('drops what depends on the extension only when told to', async () => {
  await run('query', `CREATE VIEW v AS SELECT * FROM aws_comprehend.detect_sentiment('x', 'en')`);
  expect(await run('uninstall')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^ERROR: {2}2BP01: .*depend/),
  });
  expect(await run('uninstall', '--cascade')).toMatchObject({ code: 0 });
  expect(await run('query', 'SELECT FROM v')).toMatchObject({ code: 3 });
});

it('prints as SQL what it runs, without a connection', async () => {
  const printed = async (...args: string[]) => {
    const { code, stdout } = await runCli({}, [...args, '--sql']);
    expect(code).toBe(0);
    return stdout;
  };
  const create = { ifNotExists: true, cascade: true };
  expect(await printed('install')).toContain(`\n${installScript('aws_ml', create)};\n`);
  const cacheTable = createCacheTable(tableName('public.answers'));
  expect(await printed('install', '--extension-version', '1.0', '--cache-table', 'public.answers')).toContain(
    installScript('aws_ml', { ...create, version: '1.0', cacheTable }),
  );
  expect(await printed('upgrade')).toContain(updateScript('aws_ml', undefined));
  expect(await printed('uninstall', '--cascade', '--drop-cache')).toContain(
    dropScript(['aws_ml', 'aws_commons'], { ifExists: true, cascade: true, dropCache: true }),
  );
});

it('keeps a cache with results unless it is told to drop it', async () => {
  await run('install', '--cache-table');
  await run('query', `INSERT INTO _aws_ml.result_cache VALUES ('k', 'f', 't', '{}', 'tomorrow')`);
  expect(await run('uninstall')).toEqual({
    code: 0,
    stdout: 'DROP EXTENSION\n',
    stderr:
      'NOTICE:  table _aws_ml.result_cache is kept, because it holds results of ML calls\n' +
      'HINT:  DROP TABLE _aws_ml.result_cache, or pg-aws-ml uninstall --drop-cache, removes it.\n',
  });
  expect(await run('install')).toMatchObject({ code: 0 });
  expect((await run('query', '--csv', 'SELECT function FROM _aws_ml.result_cache')).stdout).toBe('function\nf\n');
  expect(await run('uninstall', '--drop-cache')).toMatchObject({
    code: 0,
    stderr: 'NOTICE:  drop cascades to table _aws_ml.result_cache\n',
  });
  expect(await run('query', 'SELECT FROM _aws_ml.result_cache')).toMatchObject({ code: 3 });
});

it('makes a table for a cache', async () => {
  expect(await run('install', '--cache-table')).toMatchObject({
    code: 0,
    stdout: 'CREATE EXTENSION\nCREATE TABLE\n',
  });
  expect(await run('install', '--cache-table', 'public.answers')).toMatchObject({ code: 0 });
  expect(await run('install', '--cache-table', 'answers')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the name of a table with its schema, but got: answers'),
  });
  expect(await run('query', '--csv', 'SELECT * FROM _aws_ml.result_cache, public.answers')).toMatchObject({ code: 0 });
  expect(await run('uninstall')).toMatchObject({ code: 0 });
  expect(await run('query', 'SELECT * FROM _aws_ml.result_cache')).toMatchObject({ code: 3 });
});
