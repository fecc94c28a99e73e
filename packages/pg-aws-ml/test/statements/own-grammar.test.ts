import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

/** Statements that PostgreSQL's grammar refuses reach the grammars of ours, and no other statement does. */

let app: Application;

beforeAll(async () => {
  app = await startApplication();
  await app.pool.query('CREATE TABLE model (id int)');
});
afterAll(() => app.end());

const failure = (query: Promise<unknown>) =>
  query.then(
    () => undefined,
    (error: unknown) => error,
  );

it.each([
  ['as a simple query', (text: string) => app.pool.query(text)],
  ['with parameters', (text: string) => app.pool.query({ text, values: [], queryMode: 'extended' } as pg.QueryConfig)],
  ['as a prepared statement', (text: string) => app.pool.query({ text, name: 'a model' })],
])('a wrong statement says where and what: %s', async (_, run) => {
  const text = '/* 😀 */ CREATE MODEL m FROM t TARGET y FUNCTON f';
  expect(await failure(run(text))).toMatchObject({
    code: '42601',
    message: 'syntax error at or near "FUNCTON"',
    position: '40',
    hint: 'Did you mean FUNCTION?',
  });
});

it('in a text of several statements, nothing runs unless all of it can be read', async () => {
  const text = "INSERT INTO model VALUES (1); SHOW MODEL m n; SELECT ';'";
  expect(await failure(app.pool.query(text))).toMatchObject({ code: '42601', position: '44' });
  const other = 'INSERT INTO model VALUES (1); DROP MODEL m; SELEC 1';
  expect(await failure(app.pool.query(other))).toMatchObject({ code: '42601', position: '45' });
  expect((await app.pool.query('SELECT FROM model')).rowCount).toBe(0);
});

it('an error of one undoes those before it, as in any text of several statements', async () => {
  const text = 'INSERT INTO model VALUES (1); SHOW MODEL none';
  expect(await failure(app.pool.query(text))).toBeInstanceOf(Error);
  expect((await app.pool.query('SELECT FROM model')).rowCount).toBe(0);
});

it('in a failed block it is refused as any other', async () => {
  const client = await app.pool.connect();
  try {
    await client.query('BEGIN');
    await failure(client.query('SELECT 1/0'));
    expect(await failure(client.query('SHOW MODEL m'))).toMatchObject({ code: '25P02' });
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

it('takes no parameters', async () => {
  expect(await failure(app.pool.query('SHOW MODEL ALL', ['x']))).toMatchObject({ code: '08P01' });
});

it.each([
  'SHOW model',
  'GRANT SELECT ON model TO PUBLIC',
  'EXPLAIN SELECT FROM model',
  'DROP MODL m',
  'SHOW MODEL; MODEL',
])('%s is answered as PostgreSQL does', async (text) => {
  const plain = new pg.Client(app.database);
  await plain.connect();
  const outcome = async (client: { query(text: string): Promise<pg.QueryResult> }) =>
    client.query(text).then(
      ({ command, rows }) => ({ command, rows }),
      ({ code, message, position }: pg.DatabaseError) => ({ code, message, position }),
    );
  expect(await outcome(app.pool)).toEqual(await outcome(plain));
  await plain.end();
});

it('says how to install the extension where it is missing', async () => {
  await app.pool.query('DROP EXTENSION aws_ml');
  try {
    expect(await failure(app.pool.query('SHOW MODEL ALL'))).toMatchObject({
      code: '55000',
      hint: expect.stringContaining('CREATE EXTENSION aws_ml'),
    });
  } finally {
    await app.pool.query('CREATE EXTENSION aws_ml CASCADE');
  }
});
