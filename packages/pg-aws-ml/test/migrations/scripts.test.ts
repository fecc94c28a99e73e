import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCacheTable, tableName } from '../../src/cache/cache-table-sql.js';
import { Pool } from '../../src/index.js';
import { dropScript } from '../../src/statements/extension/drop-script.js';
import { installScript } from '../../src/statements/extension/install-script.js';
import { updateScript } from '../../src/statements/extension/update-script.js';
import { localOptions } from '../support/lab.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

const scripts = {
  install: installScript('aws_ml', { ifNotExists: true, cascade: true }),
  upgrade: updateScript('aws_ml', undefined),
  uninstall: dropScript(['aws_ml', 'aws_commons'], { ifExists: true }),
};
const withCache = installScript('aws_ml', {
  ifNotExists: true,
  cascade: true,
  cacheTable: createCacheTable(tableName(true)),
});

let services: LocalServices;
beforeAll(async () => {
  services = await startLocalServices({ endpoints: { echo: { predict: (fields) => fields.join(',') } } });
});
afterAll(() => services.close());

const connect = async ({ connectionString }: DatabaseAddress) => {
  const client = new pg.Client(connectionString);
  await client.connect();
  return client;
};
const openPool = ({ connectionString }: DatabaseAddress) =>
  new Pool({ connectionString, awsMl: localOptions(services) });
const call = `SELECT (aws_comprehend.detect_sentiment('A wonderful stay', 'en')).sentiment AS s,
  aws_sagemaker.invoke_endpoint('echo', NULL, 1.50, 'x') AS e`;

describe('the SQL of migrations', () => {
  it('is one statement, which any driver can send, in a transaction and again', async () => {
    const database = await createTestDatabase();
    const client = await connect(database);
    for (const command of ['install', 'upgrade', 'uninstall', 'install'] as const) {
      await client.query('BEGIN');
      // The extended protocol takes no two statements.
      await client.query({ text: scripts[command], queryMode: 'extended' } as pg.QueryConfig);
      if (command !== 'uninstall' && command !== 'install') await client.query(scripts[command]);
      await client.query('COMMIT');
    }
    await client.query(scripts.install);
    await client.end();
    const pool = openPool(database);
    expect((await pool.query('SELECT name, version FROM _aws_ml.extension ORDER BY 1')).rows).toEqual([
      { name: 'aws_commons', version: '1.2' },
      { name: 'aws_ml', version: '2.0' },
    ]);
    expect(
      (await pool.query(`SELECT (aws_comprehend.detect_sentiment('A wonderful stay', 'en')).sentiment`)).rows,
    ).toEqual([{ sentiment: 'POSITIVE' }]);
    await pool.end();
  });

  it('holds nothing that tools put something else for', () => {
    // Placeholders of Flyway, ends of template literals, drizzle-kit's separators, psql's commands and variables.
    for (const sql of Object.values(scripts)) expect(sql).not.toMatch(/\$\{|`|statement-breakpoint|^\\|^:/m);
  });

  it('runs through the Pool as well, which knows at once what has changed', async () => {
    const pool = openPool(await createTestDatabase());
    await expect(pool.query(call)).rejects.toMatchObject({ code: '3F000' });
    await pool.query(scripts.install);
    expect((await pool.query(call)).rows).toEqual([{ s: 'POSITIVE', e: '1.50,x' }]);
    await pool.query(scripts.install);
    await pool.query(scripts.upgrade);
    expect((await pool.query(call)).rows).toEqual([{ s: 'POSITIVE', e: '1.50,x' }]);
    await pool.query(scripts.uninstall);
    await expect(pool.query(call)).rejects.toMatchObject({ code: '3F000' });
    await pool.end();
  });

  it('tells of an upgrade without an installation', async () => {
    const client = await connect(await createTestDatabase());
    await expect(client.query(scripts.upgrade)).rejects.toMatchObject({ code: '42704' });
    await client.end();
  });

  it('makes the table of a cache beside the extension, once', async () => {
    const client = await connect(await createTestDatabase());
    await client.query(withCache);
    await client.query(withCache);
    expect((await client.query('SELECT count(*)::int AS n FROM _aws_ml.result_cache')).rows).toEqual([{ n: 0 }]);
    await client.end();
  });
});

describe.skipIf(spawnSync('psql', ['--version']).error !== undefined)('psql', () => {
  it('runs it from standard input, in one transaction', async () => {
    const database = await createTestDatabase();
    const psql = (command: keyof typeof scripts) => {
      const run = promisify(execFile)('psql', ['-X', '-1', '-q', '-v', 'ON_ERROR_STOP=1', database.connectionString]);
      run.child.stdin?.end(scripts[command]);
      return run;
    };
    expect((await psql('install')).stderr).toContain('installing required extension "aws_commons"');
    expect((await psql('install')).stderr).toContain('already exists, skipping');
    expect((await psql('upgrade')).stderr).toContain('already installed');
    const pool = openPool(database);
    expect((await pool.query(call)).rows).toEqual([{ s: 'POSITIVE', e: '1.50,x' }]);
    await pool.end();
    expect((await psql('uninstall')).stderr).toBe('');
    expect((await psql('uninstall')).stderr).toContain('does not exist, skipping');
  });
});

describe('a cache in the schema of the extension', () => {
  const insert = `INSERT INTO _aws_ml.result_cache VALUES ('k', 'f', 't', '{}', now() + interval '1 day')`;

  it('outlives the extension while it holds results, and the next installation finds it', async () => {
    const client = await connect(await createTestDatabase());
    const notices: (string | undefined)[] = [];
    client.on('notice', ({ message }) => notices.push(message));
    await client.query(withCache);
    await client.query(insert);
    notices.length = 0;
    await client.query(scripts.uninstall);
    expect(notices).toEqual(['table _aws_ml.result_cache is kept, because it holds results of ML calls']);
    await client.query(scripts.install);
    expect((await client.query('SELECT function FROM _aws_ml.result_cache')).rows).toEqual([{ function: 'f' }]);
    await client.query(dropScript(['aws_ml', 'aws_commons'], { dropCache: true }));
    expect((await client.query(`SELECT to_regnamespace('_aws_ml') AS s`)).rows).toEqual([{ s: null }]);
    await client.end();
  });

  it('is kept by DROP EXTENSION through the Pool too, whatever CASCADE says, and goes where it is empty', async () => {
    const pool = openPool(await createTestDatabase());
    await pool.query(withCache);
    await pool.query(insert);
    await pool.query('DROP EXTENSION aws_ml, aws_commons CASCADE');
    expect((await pool.query('SELECT FROM _aws_ml.result_cache')).rowCount).toBe(1);
    await pool.query('CREATE EXTENSION aws_ml CASCADE');
    await pool.query('DELETE FROM _aws_ml.result_cache');
    await pool.query('DROP EXTENSION aws_ml, aws_commons');
    expect((await pool.query(`SELECT to_regnamespace('_aws_ml') AS s`)).rows).toEqual([{ s: null }]);
    await pool.end();
  });

  it('that is not its own, the schema is not built on', async () => {
    const database = await createTestDatabase();
    const client = await connect(database);
    await client.query(`DO $$ BEGIN CREATE ROLE squatter; EXCEPTION WHEN duplicate_object THEN END $$;
      CREATE SCHEMA _aws_ml AUTHORIZATION squatter`);
    await expect(client.query(scripts.install)).rejects.toMatchObject({ code: '42P06' });
    await client.end();
  });
});
