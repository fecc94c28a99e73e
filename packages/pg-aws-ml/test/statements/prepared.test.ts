import type { PoolClient } from 'pg-aws-ml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Application, mood, startApplication } from '../replay/application.js';

let app: Application;
let client: PoolClient;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query(`CREATE TABLE notes (id int PRIMARY KEY, body text, mood text);
    CREATE SEQUENCE numbers;
    CREATE FUNCTION hidden_mood(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`);
});
afterAll(() => app.end());
beforeEach(async () => {
  await app.pool.query(`TRUNCATE notes; INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
  client = await app.pool.connect();
  app.requests();
});
afterEach(async () => {
  await client.query('DEALLOCATE ALL');
  client.release();
});
const rows = (sql: string) => app.rows(sql, [], client);

describe('ML calls among the arguments of EXECUTE', () => {
  it.each([
    ['of a query without ML calls', 'SELECT $1 AS said', [['NEGATIVE']], [1]],
    [
      'of a query with ML calls',
      `SELECT id, ${mood('body')} = $1 FROM notes ORDER BY id`,
      [
        [1, false],
        [2, true],
      ],
      [1, 2],
    ],
  ])('are made, once: %s', async (_, query, expected, requests) => {
    await client.query(`PREPARE q(text) AS ${query}`);
    expect(await rows(`EXECUTE q(${mood(`'so bad'`)})`)).toEqual(expected);
    expect(app.requests()).toEqual(requests);
    expect(await rows(`EXECUTE q(hidden_mood('so bad'))`)).toEqual(expected);
  });

  it('become values of a statement that writes', async () => {
    await client.query('PREPARE q(int, text) AS INSERT INTO notes (id, mood) VALUES ($1, $2)');
    expect(await client.query(`EXECUTE q(3, hidden_mood('bad'))`)).toMatchObject({ command: 'INSERT', rowCount: 1 });
    expect(await rows('SELECT mood FROM notes WHERE id = 3')).toEqual([['NEGATIVE']]);
  });

  it('are made in CREATE TABLE AS EXECUTE and in EXPLAIN ANALYZE', async () => {
    await client.query('PREPARE q(text) AS SELECT id FROM notes WHERE mood IS DISTINCT FROM $1');
    await client.query(`CREATE TEMP TABLE made AS EXECUTE q(${mood(`'bad'`)})`);
    expect(await rows('SELECT count(*)::int FROM made')).toEqual([[2]]);
    await client.query('DROP TABLE made');
    app.requests();
    const plan = await rows(`EXPLAIN (ANALYZE, COSTS off) EXECUTE q(${mood(`'bad'`)})`);
    expect(plan.flat().join('\n')).toContain('NEGATIVE');
    expect(app.requests()).toEqual([1]);
    expect(await rows(`EXPLAIN EXECUTE q(${mood(`'bad'`)})`)).not.toEqual([]);
    expect(app.requests()).toEqual([]);
  });

  it('share the fate of their statement', async () => {
    await client.query('CREATE TABLE calls (said text)');
    await client.query(`CREATE FUNCTION noted(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO calls VALUES (${mood('t')}); RETURN t; END $$`);
    await client.query('PREPARE q(text) AS INSERT INTO notes VALUES (1, $1)');
    await expect(client.query(`EXECUTE q(noted('bad'))`)).rejects.toMatchObject({ code: '23505' });
    expect(client.getTransactionStatus()).toBe('I');
    expect(await rows('SELECT * FROM calls')).toEqual([]);
  });
});

describe('EXECUTE', () => {
  it.each(['SELECT $1::int', `SELECT ${mood('body')} FROM notes WHERE id < $1`])(
    'evaluates its arguments once: %s',
    async (query) => {
      await client.query(`PREPARE q(int) AS ${query}`);
      await client.query('SELECT setval($1, 1)', ['numbers']);
      await client.query(`EXECUTE q(nextval('numbers'))`);
      expect(await rows(`SELECT nextval('numbers')::int`)).toEqual([[3]]);
    },
  );

  it.each([
    ['42804', `${mood(`'bad'`)}`],
    ['42804', `'1'::text`],
    ['0A000', '(SELECT 1)'],
  ])('refuses what the server refuses, before anything is sent: %s %s', async (code, argument) => {
    await client.query(`PREPARE q(int) AS SELECT ${mood('body')} FROM notes WHERE id < $1`);
    await expect(client.query(`EXECUTE q(${argument})`)).rejects.toMatchObject({ code });
    expect(app.requests()).toEqual([]);
  });
});

describe('PREPARE', () => {
  it.each(['', '(unknown)'])('refuses a model input without a type, as a query does: %s', async (types) => {
    const query = `SELECT aws_sagemaker.invoke_endpoint('echo', NULL, $1)`;
    const refused = { code: '42P18', message: 'could not determine data type of parameter $1' };
    await expect(client.query(query, ['x'])).rejects.toMatchObject(refused);
    await expect(client.query(`PREPARE q${types} AS ${query}`)).rejects.toMatchObject(refused);
    await expect(client.query(`EXECUTE q('x')`)).rejects.toMatchObject({ code: '26000' });
    await client.query(`PREPARE q(text) AS ${query}`);
    expect(await rows(`EXECUTE q('x')`)).toEqual([['x']]);
  });
});
