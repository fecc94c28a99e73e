/**
 * What ordinary SQL costs through the Pool: one row by its key, against plain pg, in one process and in turns of a
 * thousand queries. Writes a line of JSON for each round, then the ratios.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { createTables } from '../scenarios/tables.js';
import { medianRatio, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    queries: { type: 'string', default: '1000' },
  },
});
const rounds = numberOf('rounds', flags.rounds, 1);
const queries = numberOf('queries', flags.queries, 1);
const rows = 10_000;

interface Round {
  readonly wallUs: number;
  readonly cpuUs: number;
}

/** A query after the other: what a query takes, in microseconds. */
async function run(pool: Pick<pg.Pool, 'query'>): Promise<Round> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let n = 0; n < queries; n += 1) {
    await pool.query('SELECT id, body FROM reviews WHERE id = $1', [1 + (n % rows)]);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { wallUs: ((performance.now() - started) * 1000) / queries, cpuUs: (user + system) / queries };
}

const server = await startPostgres();
const ours = new Pool({ ...server, max: 1 }) as unknown as pg.Pool;
const theirs = new pg.Pool({ ...server, max: 1 });
for (const pool of [ours, theirs]) pool.on('error', () => {});
try {
  await ours.query('CREATE EXTENSION aws_ml CASCADE');
  await createTables(theirs, rows, false);
  for (let warmUp = 0; warmUp < 3; warmUp += 1) for (const pool of [ours, theirs]) await run(pool);
  const results = new Map<pg.Pool, Round[]>([
    [ours, []],
    [theirs, []],
  ]);
  for (let round = 0; round < rounds; round += 1) {
    for (const pool of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
      const result = await run(pool);
      results.get(pool)?.push(result);
      const contestant = pool === ours ? 'pool' : 'pg';
      console.log(JSON.stringify({ round, contestant, wallUs: rounded(result.wallUs), cpuUs: rounded(result.cpuUs) }));
    }
  }
  const [our = [], their = []] = [results.get(ours), results.get(theirs)];
  const wall = rounded(medianRatio(our, their, (round) => round.wallUs));
  const cpu = rounded(medianRatio(our, their, (round) => round.cpuUs));
  console.log(JSON.stringify({ ratio: 'pool / pg', queries, rounds, wall, cpu }));
} finally {
  await ours.end();
  await theirs.end();
  await server.stop();
}
