/**
 * Mixed load with faults, for as long as asked: statements through the Pool that stream, aggregate, end early and are
 * abandoned, against services that throttle, fail and break connections. Writes a line of JSON a sample; ends with an
 * error where memory grows, a handle stays behind, or a statement ends in a way it shouldn't.
 */
import { parseArgs } from 'node:util';
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import Cursor from 'pg-cursor';
import { startPostgres } from 'throwaway-postgres';
import { median, rounded } from '../median.js';
import { createTables } from '../scenarios/tables.js';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    clients: { type: 'string', default: '4' },
    samples: { type: 'string', default: '60' },
    /** Growth of the heap between the second and the last quarter that is still called flat. */
    'growth-mb': { type: 'string', default: '16' },
  },
});

const services = await startLocalServices();
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
const pool = new Pool({ ...server, max: Number(flags.clients), awsMl: {} });
pool.on('error', () => {});
await pool.query('CREATE EXTENSION aws_ml CASCADE');
await createTables(pool, 5_000, true);

const call = `aws_comprehend.detect_sentiment(body, 'en')`;
const limited = (rows: number) => `SELECT id, body FROM reviews WHERE id <= ${rows}`;

const statements: (() => Promise<unknown>)[] = [
  () => pool.query(`SELECT id, (${call}).* FROM (${limited(500)}) AS r`),
  () => pool.query(`SELECT (${call}).sentiment, count(*) FROM (${limited(1_000)}) AS r GROUP BY 1`),
  () => pool.query(`SELECT id FROM reviews WHERE (${call}).sentiment = 'NEGATIVE' ORDER BY id LIMIT 5`),
  () => pool.query('SELECT count(*) FROM reviews'),
  abandonedStream,
];

async function abandonedStream(): Promise<void> {
  const client = await pool.connect();
  try {
    const cursor = client.query(new Cursor(`SELECT id, (${call}).* FROM reviews`));
    await cursor.read(100);
    await cursor.close();
  } finally {
    client.release();
  }
}

const faults = [
  {},
  { throttle: { perSecond: 50 } },
  { throttle: { every: 5 } },
  { serverError: { every: 20 } },
  { reset: { every: 25 } },
];
const errors = new Map<string, number>();
let done = 0;
const endsAt = performance.now() + Number(flags.minutes) * 60_000;

async function client(n: number): Promise<void> {
  for (let turn = n; performance.now() < endsAt; turn += 1) {
    try {
      await (statements[turn % statements.length] as () => Promise<unknown>)();
    } catch (error) {
      const code = (error as { code?: string }).code ?? (error as Error).name;
      errors.set(code, (errors.get(code) ?? 0) + 1);
    }
    done += 1;
  }
}

const heaps: number[] = [];

async function watch(): Promise<void> {
  const everyMs = (Number(flags.minutes) * 60_000) / Number(flags.samples);
  for (let sample = 0; performance.now() < endsAt; sample += 1) {
    services.setFaults({ comprehend: faults[sample % faults.length] ?? {} });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    services.resetRequests();
    globalThis.gc?.();
    const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
    heaps.push(heapMb);
    const handles = process.getActiveResourcesInfo().length;
    console.log(
      JSON.stringify({
        sample,
        statements: done,
        heapMb: rounded(heapMb),
        handles,
        errors: Object.fromEntries(errors),
      }),
    );
  }
}

await Promise.all([watch(), ...Array.from({ length: Number(flags.clients) }, (_, n) => client(n))]);
await pool.end();
await server.stop();
await services.close();
await new Promise((resolve) => setTimeout(resolve, 500));

const quarter = heaps.length >> 2;
const growthMb = median(heaps.slice(-quarter)) - median(heaps.slice(quarter, 2 * quarter));
// The SDK's errors of a service that fails for good are class 38; nothing else may come out of this.
const unexpected = [...errors.keys()].filter((code) => !code.startsWith('38'));
const left = process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout)/.test(name));
console.log(JSON.stringify({ statements: done, growthMb: rounded(growthMb), left, unexpected }));
process.exit(growthMb > Number(flags['growth-mb']) || left.length > 0 || unexpected.length > 0 ? 1 : 0);
