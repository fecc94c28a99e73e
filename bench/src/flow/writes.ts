/**
 * What it costs to write ML values in one form of statement or another: each form as a ratio to `INSERT … SELECT` over
 * equally many rows, in one run, by the clock and in CPU, and the slope: how many times more CPU twice the rows take, so
 * that 2 is linear. The service answers at once. A line of JSON for each measurement, then the table.
 */
import { parseArgs } from 'node:util';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { createTables } from '../scenarios/tables.js';
import { serviceEnvironment } from '../service/environment.js';
import { LoadService } from '../service/load-service.js';
import { rounded } from '../statistics.js';
import { countCpu } from './cpu-time.js';
import { type WriteForm, writeForms } from './write-forms.js';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['10000', '100000'] },
    form: { type: 'string', multiple: true },
  },
});
const sizes = flags.rows.map((rows) => numberOf('rows', rows, 1));
const reference = 'INSERT … SELECT';
const chosen = writeForms.filter(({ name }) => name === reference || (flags.form?.includes(name) ?? true));

const service = await LoadService.start();
Object.assign(process.env, serviceEnvironment(service.url));
const server = await startPostgres({ settings: { shared_buffers: '512MB' } });
const pool = new Pool({ ...server, max: 2, awsMl: { maxConcurrency: 64 } });

interface Taken {
  /** Seconds by the clock. */
  readonly wall: number;
  /** Seconds of the CPU of this process and the server's. */
  readonly cpu: number;
}

/** What the form takes; rejects where it did not do its work. */
async function measure({ prepare, sql, written }: WriteForm, rows: number): Promise<Taken> {
  await createTables(pool, rows, false);
  await pool.query('DROP TABLE IF EXISTS scored; CREATE TABLE scored (id int, sentiment text, confidence float4)');
  await pool.query('CREATE INDEX ON scored (id)');
  for (const statement of prepare ?? []) await pool.query(statement);
  await pool.query('ANALYZE');
  const cpu = await countCpu(pool);
  const started = performance.now();
  await pool.query(sql);
  const wall = (performance.now() - started) / 1000;
  const taken = { wall, cpu: await cpu() };
  const { rows: counted } = await pool.query<{ written: number }>(
    written ?? 'SELECT count(sentiment)::int AS written FROM reviews',
  );
  if (counted[0]?.written !== rows) throw new Error(`${counted[0]?.written} rows were written`);
  return taken;
}

try {
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  await measure(chosen[0] as WriteForm, 2_500);
  const measured = new Map<string, Taken[]>(chosen.map(({ name }) => [name, []]));
  for (const rows of sizes) {
    for (const form of chosen) {
      await service.configure({ latencyMs: 0 });
      const taken = await measure(form, rows);
      measured.get(form.name)?.push(taken);
      const { inputs, requests } = await service.counts();
      console.log(
        JSON.stringify({
          form: form.name,
          rows,
          seconds: rounded(taken.wall),
          cpu: rounded(taken.cpu),
          inputs,
          requests,
        }),
      );
    }
  }
  const doublings = Math.log2((sizes.at(-1) as number) / (sizes[0] as number));
  for (const [form, taken] of measured) {
    const ratios = (of: keyof Taken) =>
      taken.map((one, i) => rounded(one[of] / (measured.get(reference)?.[i]?.[of] as number)));
    const growth = (taken.at(-1) as Taken).cpu / (taken[0] as Taken).cpu;
    const slope = doublings > 0 ? rounded(growth ** (1 / doublings)) : null;
    console.log(JSON.stringify({ form, rows: sizes, wall: ratios('wall'), cpu: ratios('cpu'), slope }));
  }
} finally {
  await pool.end();
  await server.stop();
  service.stop();
}
