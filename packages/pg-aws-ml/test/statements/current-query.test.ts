import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    CREATE VIEW judged AS SELECT id, current_query() AS query, ${mood('body')} FROM notes;
    CREATE FUNCTION hidden_mood(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`);
  await app.pool.query(`INSERT INTO notes SELECT i, 'good ' || i FROM generate_series(1, 150) i`);
});
afterAll(() => app.end());
beforeEach(async () => {
  client = await app.pool.connect();
});
afterEach(() => client.release());
const rows = (sql: string) => app.rows(sql, [], client);

describe('current_query() shows the statement that the application has sent', () => {
  it.each([
    ['in batches', `SELECT current_query(), ${mood('body')} FROM notes WHERE id = 1`],
    ['in an aggregate above calls', `SELECT max(current_query()), ${mood('body')} FROM notes WHERE id < 3 GROUP BY 2`],
    ['in a view', 'SELECT query, sentiment FROM judged WHERE id = 1'],
    ['in replay', `SELECT current_query(), hidden_mood(body) FROM notes WHERE id = 1`],
    ['in a model input', `SELECT current_query(), ${mood(`current_query() || body`)} FROM notes WHERE id = 1`],
    ['behind empty statements', `;; SELECT current_query(), ${mood('body')} FROM notes WHERE id = 1`],
  ])('%s', async (_, sql) => {
    expect(await rows(sql)).toEqual([[sql, 'POSITIVE']]);
    const { fields } = await client.query(sql);
    expect(fields[0]?.name).toMatch(/^(?:current_query|max|query)$/);
  });

  it('in many rows that an UPDATE writes', async () => {
    const sql = `UPDATE notes SET mood = current_query() || ${mood('body')} RETURNING mood, current_query()`;
    const { rows: written, fields } = await client.query(sql);
    expect(new Set(written.map((row) => row.mood))).toEqual(new Set([`${sql}POSITIVE`]));
    expect(fields.map((f) => f.name)).toEqual(['mood', 'current_query']);
  });

  it('in a script, and in EXECUTE', async () => {
    const script = `SELECT 1; SELECT current_query(), ${mood('body')} FROM notes WHERE id = 1`;
    const results = (await client.query(script)) as unknown as { rows: { current_query: string }[] }[];
    expect(results[1]?.rows[0]?.current_query).toBe(script);
    await client.query(`PREPARE q(int) AS SELECT current_query(), ${mood('body')} FROM notes WHERE id = $1`);
    expect(await rows('EXECUTE q(1)')).toEqual([['EXECUTE q(1)', 'POSITIVE']]);
    await client.query('DEALLOCATE q');
  });
});
