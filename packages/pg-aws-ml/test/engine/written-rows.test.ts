import Cursor from 'pg-cursor';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;

beforeAll(async () => {
  app = await startApplication({ max: 4 });
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`DROP TABLE IF EXISTS notes, jobs CASCADE;
    CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text, weight real);
    CREATE TABLE jobs (id int PRIMARY KEY, body text);
    INSERT INTO jobs SELECT i, 'good ' || i FROM generate_series(1, 60) i`);
  app.requests();
});

const bodies = `SELECT 'good ' || i FROM generate_series(1, 60) i`;

describe('calls over the rows that a statement writes', () => {
  it('go out in batches though a sequence is drawn from, once', async () => {
    const { command, rowCount, rows } = await app.pool.query(
      `INSERT INTO notes (body) ${bodies} RETURNING id, ${mood('body')} AS said`,
    );
    expect([command, rowCount, rows[59]]).toEqual(['INSERT', 60, { id: 60, said: 'POSITIVE' }]);
    expect(app.requests()).toEqual([25, 25, 10]);
    await app.pool.query(
      `WITH i AS (INSERT INTO notes (body) ${bodies} RETURNING *) SELECT id FROM i WHERE ${mood('body')} = 'POSITIVE'`,
    );
    expect(app.requests()).toEqual([25, 25, 10]);
    expect(await app.rows('SELECT count(*)::int, min(id), max(id) FROM notes')).toEqual([[120, 1, 120]]);
  });

  it('are those of the rows that a volatile filter has picked', async () => {
    const { rows } = await app.pool.query(
      `DELETE FROM jobs WHERE random() < 0.5 RETURNING id, ${mood('body')} AS said`,
    );
    expect(rows.every(({ said }) => said === 'POSITIVE')).toBe(true);
    const sent = app.requests();
    expect(sent.reduce((sum, size) => sum + size, 0)).toBe(rows.length);
    expect(sent.length).toBe(Math.ceil(rows.length / 25));
    expect(await app.rows('SELECT count(*)::int FROM jobs')).toEqual([[60 - rows.length]]);
  });

  it('are made once for each row, whichever worker claims it', async () => {
    const work = async () => {
      for (;;) {
        const { rowCount } = await app.pool.query(
          `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED)
           RETURNING id, ${mood('body')}`,
        );
        if (rowCount === 0) return;
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    expect(app.requests()).toEqual(new Array(12).fill(5));
  });

  it('leave nothing where one fails, and the block failed', async () => {
    app.services.setFaults({ comprehend: { accessDenied: true } });
    const failing = `INSERT INTO notes (body) VALUES ('good 1') RETURNING ${mood('body')}`;
    await expect(app.pool.query(failing)).rejects.toMatchObject({ code: expect.stringMatching(/^38/) });
    const client = await app.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO jobs VALUES (100, 'before')`);
    await expect(client.query(failing)).rejects.toMatchObject({ code: expect.stringMatching(/^38/) });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');
    client.release();
    app.services.setFaults();
    expect(await app.rows('SELECT count(*)::int FROM notes')).toEqual([[0]]);
    expect(await app.rows('SELECT count(*)::int FROM jobs')).toEqual([[60]]);
  });

  it('are right beside rules, which take no WITH that writes', async () => {
    await app.pool.query(`CREATE RULE log AS ON UPDATE TO jobs DO ALSO INSERT INTO notes (body) VALUES (old.body)`);
    const updated = `UPDATE jobs SET body = body || '!' WHERE id = 1 RETURNING id, ${mood('body')}`;
    expect(await app.rows(updated)).toEqual([[1, 'POSITIVE']]);
    expect(await app.rows('SELECT count(*)::int FROM notes')).toEqual([[1]]);
  });

  it('are right where floats are written in few digits', async () => {
    const client = await app.pool.connect();
    await client.query('SET extra_float_digits = -3');
    const { rows } = await client.query(
      `INSERT INTO notes (body, weight) VALUES ('good', 0.123456789) RETURNING weight, (weight > 0.12345678)::text || ${mood('body')} AS said`,
    );
    expect(rows).toEqual([{ weight: 0.123, said: 'truePOSITIVE' }]);
    await client.query('RESET extra_float_digits');
    client.release();
  });

  it('are answered through a cursor, and written whole though it is closed early', async () => {
    const client = await app.pool.connect();
    const cursor = client.query(new Cursor(`DELETE FROM jobs RETURNING id, ${mood('body')} AS said`));
    expect(await cursor.read(2)).toHaveLength(2);
    await cursor.close();
    client.release();
    expect(await app.rows('SELECT count(*)::int FROM jobs')).toEqual([[0]]);
  });

  it('are kept from a transaction that may not write, before any request', async () => {
    const client = await app.pool.connect();
    await client.query('BEGIN READ ONLY');
    const refused = client.query(`DELETE FROM jobs RETURNING ${mood('body')}`);
    await expect(refused).rejects.toMatchObject({ code: '25006' });
    await client.query('ROLLBACK');
    client.release();
    expect(app.requests()).toEqual([]);
  });

  it('are estimated by EXPLAIN, and ANALYZE writes once', async () => {
    const deleted = `DELETE FROM jobs WHERE id <= 30 RETURNING id, ${mood('body')}`;
    const plan = (await app.rows(`EXPLAIN ${deleted}`)).join('\n');
    expect(plan).toMatch(/Estimated Requests/);
    expect(app.requests()).toEqual([]);
    await app.pool.query(`EXPLAIN ANALYZE ${deleted}`);
    expect(app.requests()).toEqual([25, 5]);
    expect(await app.rows('SELECT count(*)::int FROM jobs')).toEqual([[30]]);
  });
});
