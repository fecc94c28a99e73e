import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCli, runCli } from './run-cli.js';

let server: ThrowawayPostgres;
let directory: string;
const query = (environment: Record<string, string>) =>
  runCli({ PGHOST: server.host, PGPORT: String(server.port), PGDATABASE: 'postgres', ...environment }, [
    'query',
    '-U',
    'guarded',
    '--csv',
    'SELECT current_user AS me',
  ]);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-password-'));
  await chmod(directory, 0o755);
  const hba = join(directory, 'pg_hba.conf');
  await writeFile(hba, 'host all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n');
  [server] = await Promise.all([startPostgres({ settings: { hba_file: hba } }), buildCli()]);
  const client = new pg.Client(server.connectionString);
  await client.connect();
  await client.query(`CREATE ROLE guarded LOGIN PASSWORD 'se:cret'`);
  await client.end();
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

it('says at once that a password is missing, and where it may stand', async () => {
  expect(await query({})).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^pg-aws-ml: could not connect: the server wants a password for user "guarded": .*PGPASSFILE/,
    ),
  });
  expect(await query({ PGPASSWORD: 'wrong' })).toMatchObject({ code: 2, stderr: expect.stringContaining('28P01') });
});

it('finds the password in the environment, and in the password file', async () => {
  const found = { code: 0, stdout: 'me\nguarded\n', stderr: '' };
  expect(await query({ PGPASSWORD: 'se:cret' })).toEqual(found);
  const file = join(directory, 'pgpass');
  await writeFile(file, `*:*:*:guarded:se\\:cret\n`, { mode: 0o600 });
  expect(await query({ PGPASSFILE: file })).toEqual(found);
});
