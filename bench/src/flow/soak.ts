/**
 * Mixed load with faults, for as long as asked: statements through the Pool that stream, aggregate, end early and are
 * abandoned, against services that throttle, fail and break connections. Writes a line of JSON a sample; ends with an
 * error where memory grows, a handle stays behind, a result is wrong, or a statement ends in a way it shouldn't.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import Cursor from 'pg-cursor';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { createTables } from '../scenarios/tables.js';
import { rounded } from '../statistics.js';
import { growthMb, wrongs } from './soak-report.js';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    clients: { type: 'string', default: '4' },
    samples: { type: 'string', default: '60' },
    /** Growth of the heap between the second and the last quarter that is still called flat. */
    'growth-mb': { type: 'string', default: '16' },
  },
});
const durationMs = numberOf('minutes', flags.minutes) * 60_000;
const clients = numberOf('clients', flags.clients, 1);
const samples = numberOf('samples', flags.samples, 4);
const mostGrowthMb = numberOf('growth-mb', flags['growth-mb']);

const services = await startLocalServices();
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
const pool = new Pool({ ...server, max: clients, awsMl: {} });
pool.on('error', () => {});
await pool.query('CREATE EXTENSION aws_ml CASCADE');
await createTables(pool, 5_000, true);

const call = `aws_comprehend.detect_sentiment(body, 'en')`;
const limited = (rows: number) => `(SELECT id, body FROM reviews WHERE id <= ${rows}) AS r`;
const rowsOf = async (sql: string) => (await pool.query(sql)).rows;

async function abandonedStream(): Promise<unknown> {
  const client = await pool.connect();
  try {
    const cursor = client.query(new Cursor(`SELECT id, (${call}).* FROM reviews ORDER BY id`));
    const rows = await cursor.read(100);
    await cursor.close();
    return rows;
  } finally {
    client.release();
  }
}

/** Each gives the same whenever it succeeds. */
const statements: readonly (() => Promise<unknown>)[] = [
  () => rowsOf(`SELECT id, (${call}).* FROM ${limited(500)} ORDER BY id`),
  () => rowsOf(`SELECT (${call}).sentiment, count(*) FROM ${limited(1_000)} GROUP BY 1 ORDER BY 1`),
  () => rowsOf(`SELECT id FROM reviews WHERE (${call}).sentiment = 'NEGATIVE' ORDER BY id LIMIT 5`),
  () => rowsOf('SELECT count(*) FROM reviews'),
  abandonedStream,
];
const expected: string[] = [];
for (const statement of statements) expected.push(JSON.stringify(await statement()));

const faults = [
  {},
  { throttle: { perSecond: 50 } },
  { throttle: { every: 5 } },
  { serverError: { every: 20 } },
  { reset: { every: 25 } },
];
const errors = new Map<string, number>();
const count = (error: string) => errors.set(error, (errors.get(error) ?? 0) + 1);
let succeeded = 0;
const endsAt = performance.now() + durationMs;

async function client(n: number): Promise<void> {
  for (let turn = n; performance.now() < endsAt; turn += 1) {
    const index = turn % statements.length;
    try {
      const result = JSON.stringify(await statements[index]?.());
      if (result === expected[index]) succeeded += 1;
      else count(`a wrong result of statement ${index}`);
    } catch (error) {
      count((error as { code?: string }).code ?? (error as Error).name);
    }
  }
}

const heapsMb: number[] = [];

async function watch(): Promise<void> {
  for (let sample = 0; performance.now() < endsAt; sample += 1) {
    services.setFaults({ comprehend: faults[sample % faults.length] ?? {} });
    await setTimeout(durationMs / samples);
    services.resetRequests();
    globalThis.gc?.();
    const heapMb = rounded(process.memoryUsage().heapUsed / 2 ** 20);
    heapsMb.push(heapMb);
    const handles = process.getActiveResourcesInfo().length;
    console.log(JSON.stringify({ sample, succeeded, heapMb, handles, errors: Object.fromEntries(errors) }));
  }
}

const openHandles = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name));

/** Those that are still there when everything was closed, and had time to go. */
async function handlesLeft(): Promise<string[]> {
  for (let waits = 0; openHandles().length > 0 && waits < 50; waits += 1) await setTimeout(100);
  return openHandles();
}

await Promise.all([watch(), ...Array.from({ length: clients }, (_, n) => client(n))]);
await pool.end();
await server.stop();
await services.close();
const left = await handlesLeft();
const wrong = wrongs({ heapsMb, errors, left, succeeded }, mostGrowthMb);
console.log(JSON.stringify({ succeeded, growthMb: growthMb(heapsMb), left, errors: Object.fromEntries(errors) }));
for (const reason of wrong) console.error(`soak: ${reason}`);
process.exit(wrong.length > 0 ? 1 : 0);
