import pg from 'pg';
import { oldestMajorVersion } from '../../stubs/oldest-server.js';
import { type ConnectionFlags, clientConfig } from '../connection-options.js';
import { describeError } from '../output/error-text.js';
import { providePassword } from '../password.js';
import { type Finding, failed, passed } from './check.js';

const CONNECT_TIMEOUT_MS = 10_000;

const fixes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Is the server running there? Set PGHOST and PGPORT, or --url.',
  ENOTFOUND: 'The host name is unknown. Set PGHOST, or --url.',
  '28P01': 'Wrong user or password. Set PGUSER and PGPASSWORD, or --url.',
  '28000': 'The server does not let this user in from here: see its pg_hba.conf, and whether it wants SSL.',
  '3D000': 'There is no such database. Set PGDATABASE, or --url.',
};

/** pg's own client: what is to be checked must not be in the way. */
export async function checkConnection(flags: ConnectionFlags): Promise<{ finding: Finding; client?: pg.Client }> {
  const client = new pg.Client({ ...clientConfig(flags), connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  providePassword(client);
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query('SELECT current_user AS role, current_database() AS database');
    const message = `connected to ${client.host}:${client.port}, database ${rows[0].database}, as ${rows[0].role}`;
    return { finding: passed('connection', message), client };
  } catch (error) {
    await client.end().catch(() => {});
    const fix = fixes[codeOf(error)] ?? 'Set the PG* environment variables, or --url.';
    return { finding: failed('connection', describeError(error), fix) };
  }
}

function codeOf(error: unknown): string {
  const { code, errors } = error as { code?: string; errors?: readonly { code?: string }[] };
  return code ?? errors?.[0]?.code ?? '';
}

export async function checkServerVersion(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query("SELECT version() AS name, current_setting('server_version_num')::int AS number");
  const major = Math.floor(rows[0].number / 10_000);
  if (major >= oldestMajorVersion) return passed('server version', String(rows[0].name).split(' on ')[0] ?? '');
  const fix = `The extension can't be installed there: upgrade to PostgreSQL ${oldestMajorVersion} or later.`;
  return { check: 'server version', status: 'warning', message: `PostgreSQL ${major}`, fix };
}
