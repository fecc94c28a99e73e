import { execFile, spawnSync } from 'node:child_process';

/** Not every machine has it. */
export const hasPsql = spawnSync('psql', ['--version']).error === undefined;

/** What psql prints, both streams, for a statement; it always ends. */
export function psql(connection: Readonly<Record<string, string | number>>, sql = 'SELECT 1'): Promise<string> {
  const conninfo = Object.entries(connection).map(([name, value]) => `${name}='${value}'`);
  return new Promise((resolve) => {
    execFile('psql', ['-X', '-w', '-At', '-d', conninfo.join(' '), '-c', sql], (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    );
  });
}
