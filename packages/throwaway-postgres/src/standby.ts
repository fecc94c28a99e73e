import { chmod, cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { ServerAddress } from './database.js';

/** What a standby of it is made from. */
export interface Primary extends ServerAddress {
  readonly majorVersion: number;
}

/** Copies a running server's data, such that a server which starts on the copy is its hot standby. */
export async function copyForStandby(primary: Primary, data: string): Promise<void> {
  const client = new pg.Client({ ...primary, database: 'postgres' });
  await client.connect();
  try {
    const renamed = primary.majorVersion >= 15;
    await client.query(
      renamed ? "SELECT pg_backup_start('copy', true)" : "SELECT pg_start_backup('copy', true, false)",
    );
    const { rows: places } = await client.query('SHOW data_directory');
    await cp(places[0].data_directory, data, { recursive: true, verbatimSymlinks: true });
    const { rows } = await client.query(
      `SELECT labelfile FROM ${renamed ? 'pg_backup_stop' : 'pg_stop_backup'}(false)`,
    );
    await writeFile(join(data, 'backup_label'), rows[0].labelfile);
  } finally {
    await client.end();
  }
  await rm(join(data, 'postmaster.pid'));
  await writeFile(join(data, 'standby.signal'), '');
  await chmod(data, 0o700);
}

/** The settings by which a standby follows its primary. */
export const standbySettings = ({ host, port, user }: ServerAddress): Readonly<Record<string, string>> => ({
  hot_standby: 'on',
  primary_conninfo: `host=${host} port=${port} user=${user}`,
});

/** Everything in a directory, and itself. */
export async function pathsWithin(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  return [directory, ...paths];
}
