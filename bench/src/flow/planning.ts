/**
 * What it costs to plan statements of many calls, and how long the event loop stands still meanwhile: a line of JSON for
 * each shape, run and explained, over an empty table. Times are of the processor: other load on the machine counts little.
 * `ratio` is the time beside that of half the calls; `--check` ends with an error where a bound is exceeded.
 */
import { parseArgs } from 'node:util';
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { numberOf } from '../flags.js';
import { rounded } from '../statistics.js';

const { values: flags } = parseArgs({
  options: {
    calls: { type: 'string', default: '500' },
    shape: { type: 'string', multiple: true, default: [] },
    /** Milliseconds for a statement. */
    most: { type: 'string', default: '1000' },
    /** Milliseconds without a turn for others. */
    longest: { type: 'string', default: '50' },
    check: { type: 'boolean', default: false },
  },
});

const call = (i: number, of = 'body'): string => `(aws_comprehend.detect_sentiment(${of} || '${i}', 'en')).sentiment`;
const list = (n: number, item: (i: number) => string, separator = ', '): string =>
  Array.from({ length: n }, (_, i) => item(i)).join(separator);

/** Statements of n calls. PostgreSQL has at most 1,664 columns, and 500 tables take its planner long: so few join. */
const shapes: Readonly<Record<string, (n: number) => string>> = {
  'SELECT list': (n) => `SELECT ${list(n, (i) => call(i))} FROM reviews`,
  OR: (n) => `SELECT id FROM reviews WHERE ${list(n, (i) => `${call(i)} = 'POSITIVE'`, ' OR ')}`,
  AND: (n) => `SELECT id FROM reviews WHERE ${list(n, (i) => `${call(i)} = 'POSITIVE'`, ' AND ')}`,
  'CASE branches': (n) => `SELECT CASE ${list(n, (i) => `WHEN id = ${i} THEN ${call(i)}`, ' ')} END FROM reviews`,
  'CASE conditions': (n) => `SELECT CASE ${list(n, (i) => `WHEN ${call(i)} = 'x' THEN ${i}`, ' ')} END FROM reviews`,
  COALESCE: (n) => `SELECT COALESCE(${list(n, (i) => call(i))}) FROM reviews`,
  IN: (n) => `SELECT id FROM reviews WHERE body IN (${list(n, (i) => call(i))})`,
  arguments: (n) => `SELECT greatest(${list(n, (i) => call(i))}) FROM reviews`,
  VALUES: (n) => `INSERT INTO notes (note) VALUES ${list(n, (i) => `(CASE WHEN false THEN ${call(i, "'x'")} END)`)}`,
  'UNION ALL': (n) => list(n, (i) => `SELECT ${call(i)} FROM reviews`, ' UNION ALL '),
  WITH: (n) =>
    `WITH ${list(n, (i) => `q${i} AS (SELECT ${call(i)} AS m FROM reviews)`)} ${list(n, (i) => `SELECT m FROM q${i}`, ' UNION ALL ')}`,
  'calls of calls': (n) =>
    `SELECT ${"aws_sagemaker.invoke_endpoint('e', NULL, ".repeat(n)}body${')'.repeat(n)} FROM reviews`,
  'ORDER BY': (n) => `SELECT id FROM reviews ORDER BY ${list(n, (i) => call(i))}`,
  'nested subqueries': (n) =>
    `SELECT id FROM ${'(SELECT id, body FROM '.repeat(n / 10)}reviews${list(n / 10, (i) => `) s${i} WHERE ${list(10, (k) => `${call(i * 10 + k)} = 'POSITIVE'`, ' AND ')}`, ' ')}`,
};

interface Cost {
  readonly cpuMs: number;
  readonly longestMs: number;
}

const services = await startLocalServices();
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
const pool = new Pool({ connectionString: server.connectionString, max: 1, awsMl: {} });
await pool.query('CREATE EXTENSION aws_ml CASCADE');
await pool.query('CREATE TABLE reviews (id int, body text); CREATE TABLE notes (note text)');

/** The processor's time in each turn of the event loop while something runs, without turns that do nothing. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  let cpuMs = 0;
  let longestMs = 0;
  let running = true;
  let [cpu, at] = [process.cpuUsage(), performance.now()];
  const turn = (): void => {
    const used = process.cpuUsage(cpu);
    const spent = Math.min((used.user + used.system) / 1000, performance.now() - at);
    if (spent >= 1) cpuMs += spent;
    longestMs = Math.max(longestMs, spent);
    [cpu, at] = [process.cpuUsage(), performance.now()];
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  running = false;
  return { cpuMs, longestMs };
}

const calls = numberOf('calls', flags.calls, 2);
let exceeded = false;
// The first statements pay for compiling the planner.
for (const form of [shapes.OR, shapes.VALUES, shapes.WITH]) await pool.query(form?.(20) ?? '');
for (const [shape, form] of Object.entries(shapes)) {
  if (flags.shape.length > 0 && !flags.shape.includes(shape)) continue;
  for (const prefix of ['', 'EXPLAIN ']) {
    const half = await costOf(() => pool.query(`${prefix}${form(calls / 2)}`));
    const whole = await costOf(() => pool.query(`${prefix}${form(calls)}`));
    exceeded ||= whole.cpuMs > numberOf('most', flags.most) || whole.longestMs > numberOf('longest', flags.longest);
    const ratio = rounded(whole.cpuMs / half.cpuMs);
    const { cpuMs, longestMs } = whole;
    console.log(
      JSON.stringify({
        shape: `${prefix}${shape}`,
        calls,
        cpuMs: rounded(cpuMs),
        longestMs: rounded(longestMs),
        ratio,
      }),
    );
  }
}
await pool.end();
await server.stop();
await services.close();
process.exit(flags.check && exceeded ? 1 : 0);
