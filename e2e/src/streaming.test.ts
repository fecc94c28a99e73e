import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installed, startInstalled } from './support/installed.js';

setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is reachable, in MB: neither garbage nor what the allocator keeps. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const ROWS = 50_000;
const BATCH = 100;

describe('50,000 rows of 4 kB', () => {
  let installed: Installed;
  beforeAll(async () => {
    installed = await startInstalled({ endpoints: { length: { predict: ([text = '']) => text.length } } });
    const { pool } = installed;
    await pool.query(`CREATE FUNCTION text_length(body text, OUT length int)
      AS $$ SELECT aws_sagemaker.invoke_endpoint('length', ${BATCH}, body)::int $$ LANGUAGE SQL COST 5000`);
    await pool.query(`CREATE TABLE documents AS
      SELECT i AS id, lpad(i::text, 4000 + i % 10, 'x') AS body FROM generate_series(1, ${ROWS}) i`);
  });
  afterAll(() => installed?.stop());

  it('stream through in bounded memory', { timeout: 180_000 }, async () => {
    const client = await installed.pool.connect();
    const before = memoryInUse();
    let [seen, peak, asked] = [0, 0, 0];
    const stream = client.query(
      new QueryStream('SELECT id, text_length(body) AS length, body FROM documents', [], { batchSize: 500 }),
    );
    for await (const { id, length, body } of stream) {
      if (length !== 4000 + (id % 10) || body.length !== length) throw new Error(`row ${id} is wrong`);
      if (seen++ === 0) asked = installed.services.requests.total('sagemaker');
      if (seen % 5000 === 0) peak = Math.max(peak, memoryInUse());
    }
    client.release();
    expect(seen).toBe(ROWS);
    expect(installed.services.requests.counters('sagemaker')).toMatchObject({
      requests: ROWS / BATCH,
      inputs: ROWS,
    });
    // The first rows came long before the last requests.
    expect(asked).toBeLessThan(ROWS / BATCH / 2);
    // All of it is 200 MB; 64 MB may remember inputs, so that equal ones are sent once.
    expect(peak - before).toBeLessThan(150);
  });

  it('are not asked for beyond what a cursor reads', async () => {
    installed.services.resetRequests();
    const client = await installed.pool.connect();
    const stream = client.query(
      new QueryStream('SELECT text_length(body) AS length FROM documents', [], { batchSize: 100 }),
    );
    let seen = 0;
    for await (const _ of stream) if (++seen === 1000) break;
    client.release();
    expect(installed.services.requests.counters('sagemaker').inputs).toBeLessThan(ROWS / 2);
    expect((await installed.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
