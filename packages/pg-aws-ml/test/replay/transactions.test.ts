import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resultsTable } from '../../src/stubs/names.js';
import { type Application, mood, startApplication } from './application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text)`);
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`TRUNCATE notes; INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
  app.requests();
});

const settings = `SELECT current_setting('aws_ml.mode', true), current_setting('max_parallel_workers_per_gather'),
  to_regclass('${resultsTable}')::text`;

describe.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])('in a %s block', (level) => {
  it('sees its own changes, keeps its savepoints and leaves the session as it was', async () => {
    const client = await app.pool.connect();
    await client.query(`BEGIN ISOLATION LEVEL ${level}; SET LOCAL max_parallel_workers_per_gather = 1`);
    await client.query(`INSERT INTO notes VALUES (3, 'bad too')`);
    await client.query(`UPDATE notes SET mood = ${mood('body')}`);
    expect(app.requests()).toEqual([3]);
    await client.query('SAVEPOINT mine');
    await expect(
      client.query(`UPDATE notes SET mood = aws_sagemaker.invoke_endpoint('nowhere', NULL, id)`),
    ).rejects.toMatchObject({ code: '38000' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK TO mine');
    expect(await app.rows(`SELECT id, mood FROM notes ORDER BY id`, [], client)).toEqual([
      [1, 'POSITIVE'],
      [2, 'NEGATIVE'],
      [3, 'NEGATIVE'],
    ]);
    const [[mode, parallel, table] = []] = await app.rows(settings, [], client);
    expect([mode || null, parallel, table]).toEqual([null, '1', null]);
    await client.query('ROLLBACK');
    client.release();
    expect(await app.rows(`SELECT count(*)::int, count(mood)::int FROM notes`)).toEqual([[2, 0]]);
  });
});

it('explains with ANALYZE while a cursor with ML calls is open', async () => {
  const client = await app.pool.connect();
  await client.query('BEGIN');
  await client.query(`DECLARE c CURSOR FOR SELECT ${mood('body')} FROM notes ORDER BY id`);
  expect(await app.rows('FETCH 1 FROM c', [], client)).toEqual([['POSITIVE']]);
  await client.query(`EXPLAIN ANALYZE SELECT ${mood('body')} FROM notes`);
  expect(await app.rows('FETCH 1 FROM c', [], client)).toEqual([['NEGATIVE']]);
  await client.query('COMMIT');
  client.release();
});

describe('standing alone', () => {
  it('leaves the session as it was', async () => {
    const client = await app.pool.connect();
    const before = await app.rows(settings, [], client);
    await client.query(`UPDATE notes SET mood = ${mood('body')}`);
    const [[mode, parallel, table] = []] = await app.rows(settings, [], client);
    expect([mode || null, parallel, table]).toEqual([before[0]?.[0] || null, ...(before[0]?.slice(1) ?? [])]);
    client.release();
  });

  it('answers a read-only session, and lets it write nothing', async () => {
    const client = await app.pool.connect();
    await client.query('SET default_transaction_read_only = on');
    expect(
      await app.rows(
        `SELECT id FROM notes n WHERE EXISTS (SELECT FROM notes m WHERE m.id = n.id AND ${mood('m.body')} = 'NEGATIVE')`,
        [],
        client,
      ),
    ).toEqual([[2]]);
    app.requests();
    await expect(client.query(`UPDATE notes SET mood = ${mood('body')}`)).rejects.toMatchObject({
      code: '25006',
      message: 'cannot execute UPDATE in a read-only transaction',
    });
    expect(app.requests()).toEqual([]);
    await client.query('RESET default_transaction_read_only');
    client.release();
  });

  it('gives rows in chunks to a cursor of the application', async () => {
    await app.pool.query(`INSERT INTO notes SELECT i, 'good' FROM generate_series(3, 3000) i`);
    const { rows } = await app.pool.query(
      `SELECT id FROM notes n WHERE EXISTS (SELECT FROM notes m WHERE m.id = n.id AND ${mood('m.body')} = 'POSITIVE')`,
    );
    expect(rows).toHaveLength(2999);
    expect(app.requests()).toEqual([2]);
  });
});

describe("onError 'null'", () => {
  it('gives NULL for a failed call', async () => {
    const lenient = await startApplication({ awsMl: { onError: 'null' } });
    await lenient.pool.query(`CREATE TABLE t (id int, v text DEFAULT 'set'); INSERT INTO t VALUES (1), (2)`);
    await lenient.pool.query(`UPDATE t SET v = aws_sagemaker.invoke_endpoint('nowhere', NULL, id)`);
    expect(await lenient.rows(`SELECT v FROM t`)).toEqual([[null], [null]]);
    await lenient.end();
  });
});
