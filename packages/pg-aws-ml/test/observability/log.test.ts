import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { AwsMlOptions, Logger, Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

type Entry = [level: keyof Logger, message: string, fields?: object];

let lab: Lab;
let entries: Entry[] = [];

const levels = ['debug', 'info', 'warn', 'error'] as const;
const logger = Object.fromEntries(
  levels.map((level) => [level, (...entry: [string, object?]) => void entries.push([level, ...entry])]),
) as unknown as Logger;

beforeAll(async () => {
  lab = await openLab();
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 60) i`);
});

beforeEach(() => {
  lab.services.setFaults({});
  entries = [];
});

afterAll(() => lab.close());

const openPool = (awsMl: AwsMlOptions = {}): Pool => lab.openPool({ awsMl: { ...awsMl, logger } });
const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";
const select = `SELECT ${sentiment} FROM docs`;
const detect = { function: 'aws_comprehend.detect_sentiment', operation: 'BatchDetectSentiment', target: 'en' };

/** What was logged beside the names that were learnt. */
const logged = () => entries.filter(([, message]) => !message.includes('learnt'));

it('says that names were learnt, and nothing of a statement that goes well', async () => {
  await openPool().query(select);
  expect(entries).toEqual([['debug', 'names of ML functions and their callers learnt', { count: expect.any(Number) }]]);
});

it('says that a statement is replayed, and why', async () => {
  await openPool().query(`UPDATE docs SET sentiment = ${sentiment}`);
  expect(logged()).toEqual([
    ['debug', 'statement is replayed', { command: 'UPDATE', reason: expect.stringContaining('batched in SELECT') }],
  ]);
});

it('says that a statement runs live, over a second connection', async () => {
  const pool = openPool();
  await pool.query(`DO $$ BEGIN PERFORM ${sentiment} FROM docs LIMIT 1; COMMIT; END $$`);
  expect(logged()).toEqual([
    ['debug', 'statement is replayed', { command: 'DO', reason: expect.any(String) }],
    ['info', 'statement runs live, one input a request', { command: 'DO', reason: 'the statement ends transactions' }],
    ['info', 'second connection opened'],
  ]);
  entries = [];
  const lost = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg-aws-ml'
    AND datname = current_database()`;
  expect((await lab.admin.query(lost)).rowCount).toBe(1);
  await expect.poll(() => entries).toEqual([['warn', 'second connection lost']]);
  await pool.query(`DO $$ BEGIN PERFORM ${sentiment} FROM docs LIMIT 1; COMMIT; END $$`);
  expect(entries.slice(-1)).toEqual([['info', 'second connection opened']]);
});

it('says what is sent again, and what failed for good', async () => {
  lab.services.setFaults({ comprehend: { throttle: 1 } });
  await openPool().query(`${select} WHERE id <= 20`);
  expect(logged()).toEqual([['debug', 'request retried', { ...detect, code: 'THROTTLED', attempts: 1 }]]);
  entries = [];
  lab.services.setFaults({ comprehend: { unavailable: true } });
  await expect(openPool({ maxAttempts: 2 }).query(`${select} WHERE id <= 20`)).rejects.toThrow();
  expect(logged()).toEqual([
    ['warn', 'request retried', { ...detect, code: 'SERVICE_UNAVAILABLE', attempts: 1 }],
    [
      'error',
      'request failed',
      expect.objectContaining({ ...detect, inputs: 20, code: 'SERVICE_UNAVAILABLE', attempts: 2, httpStatus: 503 }),
    ],
  ]);
});

it('says that a budget is exceeded', async () => {
  await expect(openPool({ statementBudget: { maxRequests: 2 } }).query(select)).rejects.toThrow();
  expect(logged().filter(([level]) => level === 'warn')).toEqual([
    [
      'warn',
      'budget exceeded',
      { function: detect.function, target: 'en', detail: expect.stringContaining('maxRequests') },
    ],
  ]);
});
