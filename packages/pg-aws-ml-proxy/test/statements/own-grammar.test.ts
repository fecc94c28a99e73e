import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MlLab, openMlLab } from '../support/ml-lab.js';

/** Statements that the server cannot parse, such as CREATE MODEL, in both protocols. */

let lab: MlLab;
let client: pg.Client;

beforeAll(async () => {
  lab = await openMlLab();
  client = await lab.connect();
});
afterAll(() => lab.close());

const failure = (query: Promise<unknown>) =>
  query.then(
    () => undefined,
    (error: unknown) => error,
  );

const protocols: readonly [string, (text: string) => object][] = [
  ['a simple query', (text) => ({ text })],
  ['the extended protocol', (text) => ({ text, values: [], queryMode: 'extended' })],
  ['a prepared statement', (text) => ({ text, name: 'named' })],
];

test.each(protocols)('a wrong one says where and what: %s', async (_, query) => {
  const text = 'CREATE MODEL m FROM t TARGET y FUNCTON f';
  expect(await failure(client.query(query(text) as pg.QueryConfig))).toMatchObject({
    code: '42601',
    message: 'syntax error at or near "FUNCTON"',
    position: '32',
    hint: 'Did you mean FUNCTION?',
  });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test.each(protocols)('a right one reaches its kind: %s', async (_, query) => {
  const error = (await failure(client.query(query('SHOW MODEL nowhere') as pg.QueryConfig))) as { code?: string };
  expect(error).toBeInstanceOf(Error);
  expect(error.code).not.toBe('42601');
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
