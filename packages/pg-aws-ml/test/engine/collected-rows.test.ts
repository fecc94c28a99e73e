import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

let app: Application;

/** Rows enough that they go to a temporary table on their way from the services to the rest of the statement. */
const ROWS = 60_000;
const sum = (columns: string): string => `aws_sagemaker.invoke_endpoint('sum', 10000, ${columns})::float8`;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE texts AS SELECT i AS id, i % 7 AS k, repeat('text ' || i || ' ', 15) || '"\\,{}' AS body,
      (i * 1.1)::float8 AS x FROM generate_series(1, ${ROWS}) i;
    UPDATE texts SET body = NULL WHERE id % 1000 = 0; ANALYZE texts;
    CREATE TABLE made (tag text, name text);
    CREATE FUNCTION note_made() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO made SELECT command_tag, object_identity FROM pg_event_trigger_ddl_commands(); END $$;
    CREATE EVENT TRIGGER made ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION note_made()`);
});
afterAll(() => app.end());
beforeEach(() => app.pool.query('TRUNCATE made'));

const spilled = async (): Promise<number> =>
  (await app.rows(`SELECT count(*)::int FROM made WHERE name LIKE '%aws_ml_rows_%'`))[0]?.[0] as number;
const left = `SELECT count(*)::int AS left FROM pg_class WHERE relname LIKE 'aws_ml_rows_%'`;

describe('many rows', () => {
  it('go through a temporary table, with NULLs, quotes and their order', async () => {
    const { rows } = await app.pool.query(
      `SELECT id, body, ${sum('id, k')} AS s FROM texts ORDER BY 3 DESC, id LIMIT $1`,
      [ROWS],
    );
    expect(await spilled()).toBe(1);
    const native = await app.rows(`SELECT id, body, (id + k)::float8 AS s FROM texts ORDER BY 3 DESC, id`);
    expect(rows.map(Object.values)).toEqual(native);
    expect((await app.pool.query(left)).rows).toEqual([{ left: 0 }]);
  });

  it('leave no table in a block that goes on', async () => {
    const client = await app.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query(
        `SELECT t.k, count(*)::int AS n, max(length(t.body)) AS l FROM (SELECT k, body, ${sum('id, k')} AS s FROM texts) t GROUP BY t.k, t.s > 100 ORDER BY 1, 2`,
      );
      expect(rows).toHaveLength(14);
      expect((await client.query(left)).rows).toEqual([{ left: 0 }]);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await spilled()).toBe(1);
  });

  it('of two pipelines go through two, and floats keep their digits', async () => {
    const client = await app.pool.connect();
    const sql = `SELECT a.id, a.x, a.body = b.body AS same, b.body FROM (SELECT id, x, body, ${sum('id, 1')} AS s FROM texts ORDER BY s, id LIMIT 59999) a
      JOIN (SELECT id, body, ${sum('id, 1')} AS s FROM texts ORDER BY s, id LIMIT 59999) b ON a.s = b.s ORDER BY a.id`;
    try {
      await client.query('SET extra_float_digits = 0');
      const { rows } = await client.query({ text: sql, rowMode: 'array' });
      const native = await client.query({
        text: 'SELECT id, x, body = body, body FROM texts ORDER BY id LIMIT 59999',
        rowMode: 'array',
      });
      expect(rows).toEqual(native.rows);
    } finally {
      await client.query('RESET extra_float_digits');
      client.release();
    }
    expect(await spilled()).toBe(2);
  });

  it('stay in memory where no temporary table may be made', async () => {
    const client = await app.pool.connect();
    try {
      await client.query('BEGIN READ ONLY');
      const { rows } = await client.query(`SELECT id, body FROM texts ORDER BY ${sum('id, k')} DESC, id LIMIT 50000`);
      expect(rows).toHaveLength(50_000);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await spilled()).toBe(0);
  });

  it('of a failing statement leave nothing', async () => {
    await expect(
      app.pool.query(`SELECT id, 1 / (id - 60000), body FROM texts ORDER BY ${sum('id, k')}`),
    ).rejects.toMatchObject({ code: '22012' });
    expect((await app.pool.query(left)).rows).toEqual([{ left: 0 }]);
  });
});
