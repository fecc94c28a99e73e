/**
 * How long it takes from an interruption of a statement until its service sees the connections close. A line of JSON for
 * each source of interruptions; `--check` ends with an error where the median is above the target.
 */
import { parseArgs } from 'node:util';
import { startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { median, rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    /** Milliseconds after which an abort is late. */
    target: { type: 'string', default: '100' },
    check: { type: 'boolean', default: false },
  },
});

const TIMEOUT_MS = 500;

interface Running {
  readonly client: pg.PoolClient;
  readonly pid: number;
}

interface Source {
  readonly setting?: string;
  readonly queryTimeout?: number;
  readonly interrupt?: (running: Running) => unknown;
}

const services = await startLocalServices();
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
const admin = new pg.Client(server.connectionString);
await admin.connect();
const pool = new Pool({ connectionString: server.connectionString, awsMl: {} });
pool.on('error', () => {});
await pool.query('CREATE EXTENSION aws_ml CASCADE');
await pool.query("CREATE TABLE reviews AS SELECT 'review ' || n AS body FROM generate_series(1, 200) AS n");
const text = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews";
await pool.query(text);
services.setFaults({ comprehend: { latencyMs: 60_000 } });

const sources: Readonly<Record<string, Source>> = {
  pg_cancel_backend: { interrupt: ({ pid }) => admin.query('SELECT pg_cancel_backend($1)', [pid]) },
  pg_terminate_backend: { interrupt: ({ pid }) => admin.query('SELECT pg_terminate_backend($1)', [pid]) },
  'client.end': { interrupt: ({ client }) => void (client as unknown as pg.Client).end() },
  'connection cut': {
    interrupt: ({ client }) =>
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
  },
  statement_timeout: { setting: `SET statement_timeout = ${TIMEOUT_MS}` },
  query_timeout: { queryTimeout: TIMEOUT_MS },
};

async function millisecondsToAbort({ setting, queryTimeout, interrupt }: Source): Promise<number> {
  const client = await pool.connect();
  client.on('error', () => {});
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  if (setting !== undefined) await client.query(setting);
  services.resetRequests();
  let at = performance.now() + TIMEOUT_MS;
  client.query({ text, query_timeout: queryTimeout } as pg.QueryConfig).catch(() => {});
  if (interrupt !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS));
    at = performance.now();
    void interrupt({ client, pid: rows[0].pid });
  }
  while (performance.now() < at || services.requests.inFlight() > 0) {
    if (performance.now() > at + 10_000) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const milliseconds = performance.now() - at;
  if (services.requests.total() === 0) throw new Error('nothing was sent');
  client.release(true);
  return milliseconds;
}

let late = false;
for (const [name, source] of Object.entries(sources)) {
  const times: number[] = [];
  for (let round = 0; round < numberOf('rounds', flags.rounds, 1); round++)
    times.push(await millisecondsToAbort(source));
  const middle = median(times);
  late ||= middle > numberOf('target', flags.target);
  console.log(JSON.stringify({ source: name, medianMs: rounded(middle), mostMs: rounded(Math.max(...times)) }));
}
await pool.end();
await admin.end();
await server.stop();
await services.close();
process.exit(flags.check && late ? 1 : 0);
