import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import pgAwsMl from 'pg-aws-ml';
import { createDatabase, type DatabaseAddress } from 'throwaway-postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** The program `pg-aws-ml`, as users get it. */
async function printed(command: 'install' | 'uninstall'): Promise<string> {
  const main = join(root, 'packages/pg-aws-ml/dist/cli/main.js');
  return (await run(process.execPath, [main, command, '--sql'])).stdout;
}

describe('the SQL that pg-aws-ml prints', () => {
  const sql = { install: '', uninstall: '' };
  let services: LocalServices;
  let database: DatabaseAddress;
  let directory: string;
  beforeAll(async () => {
    services = await startLocalServices();
    await run(join(root, 'node_modules/.bin/tsc'), ['-b'], { cwd: join(root, 'packages/pg-aws-ml') });
    sql.install = await printed('install');
    sql.uninstall = await printed('uninstall');
    // drizzle-kit finds its configuration's modules from where it runs.
    directory = await mkdtemp(join(here, '../.migrations-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await services?.close();
  });
  beforeEach(async () => {
    database = await createDatabase(inject('postgres'));
  });

  async function sentiment(): Promise<unknown> {
    const awsMl = {
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoints: { comprehend: services.url },
    };
    const pool = new pgAwsMl.Pool({ connectionString: database.connectionString, awsMl });
    try {
      const { rows } = await pool.query("SELECT (aws_comprehend.detect_sentiment('A wonderful stay', 'en')).sentiment");
      return rows[0];
    } finally {
      await pool.end();
    }
  }

  it('runs by node-pg-migrate, up and down', async () => {
    const dir = join(directory, 'node-pg-migrate');
    await mkdir(dir);
    await writeFile(join(dir, '1_aws-ml.sql'), `-- Up Migration\n${sql.install}\n-- Down Migration\n${sql.uninstall}`);
    const client = new pg.Client(database.connectionString);
    await client.connect();
    const migrate = (direction: 'up' | 'down') =>
      runner({ dbClient: client, dir, migrationsTable: 'migrations', direction, count: 9, log: () => {} });
    expect(await migrate('up')).toHaveLength(1);
    expect(await sentiment()).toEqual({ sentiment: 'POSITIVE' });
    expect(await migrate('down')).toHaveLength(1);
    expect((await client.query(`SELECT to_regnamespace('_aws_ml') AS s`)).rows).toEqual([{ s: null }]);
    await client.end();
  });

  it('runs by drizzle-kit', async () => {
    const dir = join(directory, 'drizzle');
    await mkdir(dir);
    const config = join(dir, 'drizzle.config.mjs');
    const options = { dialect: 'postgresql', out: dir, dbCredentials: { url: database.connectionString } };
    await writeFile(join(dir, 'schema.mjs'), 'export {};\n');
    await writeFile(config, `export default ${JSON.stringify({ ...options, schema: join(dir, 'schema.mjs') })};\n`);
    const drizzleKit = (...args: string[]) =>
      run(process.execPath, [join(dirname(require.resolve('drizzle-kit')), 'bin.cjs'), ...args, `--config=${config}`], {
        cwd: join(here, '..'),
      });
    await drizzleKit('generate', '--custom', '--name=aws_ml');
    const file = (await readdir(dir)).find((name) => name.endsWith('_aws_ml.sql'));
    await writeFile(join(dir, file ?? ''), sql.install);
    await drizzleKit('migrate');
    expect(await sentiment()).toEqual({ sentiment: 'POSITIVE' });
  });
});
