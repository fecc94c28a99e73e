import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BatchEvent, Client, type Pool } from '../../src/index.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  lab = await openLab();
  pool = lab.openPool();
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 60) i`);
});

beforeEach(() => lab.services.setFaults({}));

afterAll(() => lab.close());

const select = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs";
const update = "UPDATE docs SET sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment";

/** The events of a program, by a listener that is removed after it. */
async function eventsOf(emitter: Pool | Client, program: () => Promise<unknown>): Promise<BatchEvent[]> {
  const events: BatchEvent[] = [];
  const listener = (event: BatchEvent) => void events.push(event);
  emitter.addListener('awsMl:batch', listener);
  await program();
  emitter.removeListener('awsMl:batch', listener);
  return events;
}

it.each([select, update, `EXPLAIN ANALYZE ${select}`])('there is one for each request: %s', async (text) => {
  const { requests } = pool.awsMl.stats()[0] ?? { requests: 0 };
  const events = await eventsOf(pool, () => pool.query(text));
  expect(events.map(({ inputs }) => inputs).sort()).toEqual([10, 25, 25]);
  expect(pool.awsMl.stats()[0]?.requests).toBe(requests + 3);
  const { hostname, port } = new URL(lab.services.url);
  expect(events[0]).toEqual({
    function: 'aws_comprehend.detect_sentiment',
    operation: 'BatchDetectSentiment',
    target: 'en',
    inputs: 25,
    bytes: expect.any(Number),
    resend: false,
    attempts: 1,
    throttles: 0,
    durationMs: expect.any(Number),
    errorCode: undefined,
    awsErrorCode: undefined,
    httpStatus: 200,
    requestId: expect.stringMatching(/./),
    region: 'us-east-1',
    server: { address: hostname, port: Number(port) },
  });
  expect(Object.isFrozen(events[0])).toBe(true);
});

it('there is one for a request that was throttled, and for one that failed', async () => {
  lab.services.setFaults({ comprehend: { throttle: 2 } });
  const throttled = await eventsOf(pool, () => pool.query(`${select} WHERE id <= 20`));
  expect(throttled).toMatchObject([{ attempts: 3, throttles: 2, errorCode: undefined }]);
  lab.services.setFaults({ comprehend: { accessDenied: true } });
  const denied = await eventsOf(pool, () => expect(pool.query(`${select} WHERE id <= 20`)).rejects.toThrow());
  expect(denied).toMatchObject([{ attempts: 1, errorCode: 'ACCESS_DENIED', awsErrorCode: 'AccessDeniedException' }]);
});

it('there is one where nothing could be sent', async () => {
  const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
  const anonymous = lab.openPool({ awsMl: { credentials } });
  const events = await eventsOf(anonymous, () => expect(anonymous.query(`${select} WHERE id < 9`)).rejects.toThrow());
  expect(events).toMatchObject([{ attempts: 0, errorCode: 'CREDENTIALS', httpStatus: undefined }]);
});

it('a client without a pool emits its own; a client of a pool leaves that to the pool', async () => {
  const client = new Client({
    connectionString: lab.database.connectionString,
    awsMl: localOptions(lab.services),
  });
  await client.connect();
  expect(await eventsOf(client, () => client.query(select))).toHaveLength(3);
  await client.end();
  const pooled = (await pool.connect()) as unknown as Client & { release(): void };
  const [ofPool, ofClient] = [[], []] as BatchEvent[][];
  pool.on('awsMl:batch', (event) => ofPool?.push(event));
  ofClient?.push(...(await eventsOf(pooled, () => pooled.query(select))));
  pooled.release();
  pool.removeAllListeners('awsMl:batch');
  expect([ofPool?.length, ofClient?.length]).toEqual([3, 0]);
});

it('a listener that throws is an uncaught exception, and no failure of the statement', async () => {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = once(process, 'uncaughtException');
  pool.once('awsMl:batch', () => {
    throw new Error('of the listener');
  });
  const { rowCount } = await pool.query(select);
  const [error] = await uncaught;
  for (const listener of others) process.on('uncaughtException', listener);
  expect(rowCount).toBe(60);
  expect(error.message).toBe('of the listener');
});
