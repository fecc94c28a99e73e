import { readFile } from 'node:fs/promises';

type Client = { query<R extends object>(sql: string): Promise<{ rows: R[] }> };

/**
 * CPU that this process and the sessions of the database use, from now on: beside other work on the machine it says more
 * than the time by the clock. NaN where the system doesn't tell (Linux does) or the server runs elsewhere.
 *
 * @returns asks for it, in seconds
 */
export async function countCpu(client: Client): Promise<() => Promise<number>> {
  const began = { own: process.cpuUsage(), sessions: await sessionTimes(client) };
  return async () => {
    const { user, system } = process.cpuUsage(began.own);
    let nanoseconds = 0;
    for (const [pid, time] of await sessionTimes(client)) nanoseconds += time - (began.sessions.get(pid) ?? 0);
    return (user + system) / 1e6 + nanoseconds / 1e9;
  };
}

/** Nanoseconds on a CPU by process id. */
async function sessionTimes(client: Client): Promise<Map<number, number>> {
  const { rows } = await client.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  const times = rows.map(async ({ pid }) => {
    const schedule = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => 'NaN');
    return [pid, Number(schedule.split(' ')[0])] as const;
  });
  return new Map(await Promise.all(times));
}
