import { chmod, chown, copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres, type ThrowawayPostgres } from 'throwaway-postgres';

/** Certificates for `localhost` that differ, made for tests. */
export const certificateOf = (name: 'server' | 'proxy') => ({
  tlsCert: join(import.meta.dirname, 'certificates', `${name}.crt`),
  tlsKey: join(import.meta.dirname, 'certificates', `${name}.key`),
});

/** Everybody's. */
export const PASSWORD = 'sëcret';

/**
 * A server with TLS, and with roles `scram`, `md5`, `clear`, which log in so and have the password `PASSWORD`; `trusted`
 * needs none.
 */
export async function startSecuredServer(): Promise<ThrowawayPostgres> {
  const server = await startPostgres();
  const client = new pg.Client({ ...server });
  await client.connect();
  const data = (await client.query('SHOW data_directory')).rows[0].data_directory as string;
  const { uid, gid } = await stat(data);
  const { tlsCert, tlsKey } = certificateOf('server');
  for (const [from, to] of [
    [tlsCert, 'server.crt'],
    [tlsKey, 'server.key'],
  ] as const) {
    await copyFile(from, join(data, to));
    if (process.getuid?.() === 0) await chown(join(data, to), uid, gid);
  }
  await chmod(join(data, 'server.key'), 0o600);
  for (const [role, encryption] of [
    ['scram', 'scram-sha-256'],
    ['md5', 'md5'],
    ['clear', 'scram-sha-256'],
    ['trusted', 'scram-sha-256'],
  ]) {
    await client.query(`SET password_encryption = '${encryption}'`);
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  }
  const rules = ['scram scram-sha-256', 'md5 md5', 'clear password', 'postgres trust', 'trusted trust'];
  const lines = rules.map((rule) => rule.replace(' ', ' 127.0.0.1/32 '));
  await writeFile(join(data, 'pg_hba.conf'), lines.map((line) => `host all ${line}\n`).join(''));
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  return server;
}
