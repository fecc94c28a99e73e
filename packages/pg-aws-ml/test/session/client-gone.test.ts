import type { PoolClient } from 'pg-aws-ml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`
    CREATE TABLE ends (x int);
    CREATE FUNCTION spin(input text) RETURNS text LANGUAGE plpgsql AS $$
      BEGIN
        LOOP EXIT WHEN input = 'stop'; END LOOP;
        RETURN (aws_comprehend.detect_sentiment(input, 'en')).sentiment;
      END $$;
    CREATE PROCEDURE spin_and_commit(input text) LANGUAGE plpgsql AS $$
      BEGIN
        COMMIT;
        PERFORM spin(input);
      END $$`);
});
afterAll(() => app.end());

const interval = (client: PoolClient) =>
  app.rows(`SELECT current_setting('client_connection_check_interval')`, [], client);

/** Waits as long as it takes, within the time that a test has. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function activity(pid: number, condition: string): Promise<boolean> {
  const { rows } = await app.pool.query(`SELECT FROM pg_stat_activity WHERE pid = $1 AND ${condition}`, [pid]);
  return rows.length > 0;
}

it.each([
  ['a replayed statement', `SELECT spin('x')`],
  ['a statement that runs live', `CALL spin_and_commit('x')`],
])('%s that never ends ends when its client has gone', { timeout: 120_000 }, async (_what, text) => {
  const client = await app.pool.connect();
  client.on('error', () => {});
  const [[pid]] = (await app.rows('SELECT pg_backend_pid()', [], client)) as [[number]];
  const ended = client.query(text).catch(() => {});
  await until(() => activity(pid, `state = 'active' AND query LIKE '%spin%'`));
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  await until(async () => !(await activity(pid, 'true')));
  await ended;
  client.release(true);
});

it('the interval is that of the session again once a statement has been answered', async () => {
  const client = await app.pool.connect();
  try {
    await client.query('BEGIN');
    expect(await app.rows(`SELECT spin('stop')`, [], client)).toHaveLength(1);
    expect(await interval(client)).toEqual([['0']]);
    await client.query('COMMIT');
    await client.query(`CALL spin_and_commit('stop')`);
    expect(await interval(client)).toEqual([['0']]);
    await client.query(`SET client_connection_check_interval = '7s'; BEGIN`);
    await client.query(`SELECT spin('stop')`);
    expect(await interval(client)).toEqual([['7s']]);
    await client.query('COMMIT');
    await client.query(`CALL spin_and_commit('stop')`);
    expect(await interval(client)).toEqual([['7s']]);
  } finally {
    client.release();
  }
});
