/**
 * The program `pg-aws-ml query` beside psql: time and peak memory of a table of rows, written to a file. Writes a line of JSON
 * for each run, then the ratios of the medians. Peak memory is read from /proc, so on Linux only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { medianRatio, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    rows: { type: 'string', multiple: true, default: ['20000', '500000'] },
    form: { type: 'string', default: 'table' },
  },
});
const rounds = numberOf('rounds', flags.rounds, 1);

interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
}

const packageRoot = dirname(createRequire(import.meta.url).resolve('pg-aws-ml/package.json'));
const server = await startPostgres();
const directory = await mkdtemp(join(tmpdir(), 'bench-cli-'));
const formFlags = flags.form === 'table' ? [] : [`--${flags.form}`];
const contestants = {
  psql: {
    program: 'psql',
    args: ['-X', ...(flags.form === 'csv' ? formFlags : []), '-d', server.connectionString, '-c'],
  },
  cli: {
    program: process.execPath,
    args: [join(packageRoot, 'dist/cli/main.js'), 'query', ...formFlags, '-d', server.connectionString, '-c'],
  },
} as const;

async function measure({ program, args }: (typeof contestants)['psql' | 'cli'], sql: string): Promise<Measured> {
  const file = await open(join(directory, 'rows.txt'), 'w');
  const started = performance.now();
  const child = spawn(program, [...args, sql], { stdio: ['ignore', file.fd, 'inherit'] });
  let peakMb = 0;
  // The kernel keeps the peak: it is enough to have looked shortly before the end.
  const look = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  }, 20);
  const [code] = await once(child, 'exit');
  const seconds = (performance.now() - started) / 1000;
  clearInterval(look);
  await file.close();
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return { seconds, peakMb };
}

try {
  for (const rows of flags.rows.map((text) => numberOf('rows', text, 1))) {
    const sql = `SELECT i AS id, 'Great product number ' || i AS body, i * 1.5 AS price, now() AS at,
      CASE WHEN i % 3 = 0 THEN 'POSITIVE' ELSE 'NEGATIVE' END AS sentiment FROM generate_series(1, ${rows}) AS i`;
    const results: Record<keyof typeof contestants, Measured[]> = { psql: [], cli: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of ['psql', 'cli'] as const) {
        const { seconds, peakMb } = await measure(contestants[contestant], sql);
        results[contestant].push({ seconds, peakMb });
        console.log(JSON.stringify({ rows, contestant, seconds: rounded(seconds), peakMb: Math.round(peakMb) }));
      }
    }
    const time = rounded(medianRatio(results.cli, results.psql, ({ seconds }) => seconds));
    const memory = rounded(medianRatio(results.cli, results.psql, ({ peakMb }) => peakMb));
    console.log(JSON.stringify({ rows, form: flags.form, timeRatio: time, memoryRatio: memory }));
  }
} finally {
  await server.stop();
  await rm(directory, { recursive: true });
}
