import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referenceServices } from '../../aurora-reference/src/services.js';
import { mlSemantics } from '../../pg-aws-ml/test/oracle/ml-semantics.js';
import { createTestDatabase, type DatabaseAddress } from '../test/support/postgres.js';
import { clientTables, openClientLab, run } from './client-lab.js';
import { type ClientProgram, clientPrograms, compileClient, isInstalled, runClient } from './client-programs.js';
import {
  comparable,
  type JobAnswer,
  referenceAnswers,
  referenceJob,
  referenceRequests,
  referenceStatements,
} from './reference-job.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clients-'));
});
afterAll(() => rm(directory, { recursive: true }));

const named = process.env.CLIENTS?.split(',');

for (const client of clientPrograms.filter(({ name }) => named?.includes(name) ?? true)) {
  describe.skipIf(!isInstalled(client))(`${client.name} through the proxy`, () => {
    beforeAll(() => compileClient(client));
    test("sees what it sees of functions that answer natively, in as few requests as its statements' inputs fill", () =>
      showsTheSame(client));
    test.each(client.modes)('gets the answers of the documentation, in as many requests as the Pool: %s', (mode) =>
      answersReference(client, mode),
    );
  });
}

async function showsTheSame(client: ClientProgram): Promise<void> {
  const { through, direct, watch, close } = await openClientLab(mlSemantics);
  try {
    const native = await createTestDatabase();
    const functions = await readFile(
      new URL('../../pg-aws-ml/test/oracle/native-functions.sql', import.meta.url),
      'utf8',
    );
    await run(native, `${functions};${clientTables}`);
    await run(through, 'CREATE EXTENSION aws_ml CASCADE');
    await run(direct, clientTables);
    // Where functions answer natively, they tell of each call.
    for (const one of [native, direct])
      await run(one, `ALTER DATABASE ${one.database} SET client_min_messages = warning`);
    const expected = await runClient(client, ['features'], environmentOf(native));
    const seen = await runClient(client, ['features'], environmentOf(through));
    expect(masked(seen, through)).toBe(masked(expected, native));
    expect(watch.split).toEqual([]);
    expect(watch.most).toBeGreaterThan(2);
  } finally {
    await close();
  }
}

async function answersReference(client: ClientProgram, mode: string): Promise<void> {
  const { services, through, close } = await openClientLab(referenceServices);
  const tenant = `tenant_${through.database.slice(-12)}`;
  await run(through, `CREATE ROLE ${tenant} LOGIN`);
  try {
    const job = referenceJob(tenant);
    const file = join(directory, `${client.name}-${mode}.job`);
    const records = job.map(({ as, sql }) => `${as ?? ''}\u001f${sql}`).join('\u001e');
    await writeFile(file, client.job === 'json' ? JSON.stringify(job) : records);
    services.resetRequests();
    const printed = await runClient(client, [mode, file], environmentOf(through));
    const lines = printed
      .trimEnd()
      .split('\n')
      .map((line): JobAnswer => JSON.parse(line));
    const answers = referenceAnswers(lines);
    expect(
      referenceStatements.map((one, i) => outcome(one.shows, answers[i]?.error, one.rows && answers[i]?.rows)),
    ).toEqual(referenceStatements.map(({ shows, fails, rows }) => outcome(shows, fails?.code, rows)));
    expect(services.requests.total()).toBe(referenceRequests());
  } finally {
    await close();
  }
}

function outcome(shows: string, error: string | undefined, rows: readonly (readonly unknown[])[] | undefined) {
  return { shows, error, rows: error === undefined ? rows?.map((row) => row.map(comparable)) : undefined };
}

function environmentOf({ host, port, user, database }: DatabaseAddress): Record<string, string> {
  const address = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database, PGSSLMODE: 'disable' };
  return { ...address, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
}

/** Without the names that differ between the two databases. */
function masked(text: string, { database, port }: DatabaseAddress): string {
  return text.replaceAll(database, 'database').replaceAll(String(port), 'port');
}
