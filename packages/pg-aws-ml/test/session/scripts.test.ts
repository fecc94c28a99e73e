import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Application, startApplication } from '../replay/application.js';

/** Transaction control inside a text of several statements means what it means without an ML call in the text. */

let app: Application;
let plain: pg.Pool;

beforeAll(async () => {
  app = await startApplication();
  plain = new pg.Pool({ ...app.database, max: 1 });
  await app.pool.query('CREATE TABLE kept (id int); CREATE TABLE kept_natively (id int)');
  await app.rows(`SELECT (aws_comprehend.detect_sentiment('good', 'en')).sentiment`);
});
afterAll(async () => {
  await plain.end();
  await app.end();
});

const ml = `SELECT (aws_comprehend.detect_sentiment('good', 'en')).sentiment`;
const add = (id: number) => `INSERT INTO kept VALUES (${id})`;
const isolation = `SELECT current_setting('transaction_isolation')`;

const texts = [
  `${add(1)}; ${ml}; ${add(2)}`,
  `${add(1)}; ${ml}; BEGIN; ${add(2)}`,
  `${add(1)}; ${ml}; START TRANSACTION; ${add(2)}; COMMIT; ${add(3)}`,
  `${add(1)}; ${ml}; COMMIT; ${add(2)}; SELECT 1 / 0`,
  `${add(1)}; ${ml}; ROLLBACK; ${add(2)}`,
  `${add(1)}; ${ml}; COMMIT AND CHAIN; ${add(2)}`,
  `${add(1)}; ${ml}; ROLLBACK AND CHAIN; ${add(2)}`,
  `BEGIN; ${add(1)}; ${ml}; COMMIT AND CHAIN; ${add(2)}`,
  `BEGIN; ${add(1)}; ${ml}; COMMIT AND CHAIN; ${add(2)}; COMMIT; ${add(3)}`,
  `BEGIN ISOLATION LEVEL SERIALIZABLE; ${ml}; ROLLBACK AND CHAIN; ${isolation}; COMMIT`,
  `${add(1)}; ${ml}; SAVEPOINT s; ${add(2)}`,
  `${ml}; ${add(1)}; RELEASE SAVEPOINT s`,
  `${ml}; ${add(1)}; ROLLBACK TO SAVEPOINT s`,
  `BEGIN; ${add(1)}; SAVEPOINT s; ${add(2)}; ${ml}; ROLLBACK TO s; ${add(3)}; RELEASE s; END`,
  `BEGIN; ${add(1)}; ${ml}; SELECT 1 / 0; ${add(2)}`,
  `BEGIN; ${add(1)}; ${ml}; BEGIN; COMMIT`,
  `${ml}; BEGIN ISOLATION LEVEL SERIALIZABLE; ${isolation}; COMMIT`,
  `SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; ${ml}; ${isolation}`,
  `${ml}; SET TRANSACTION READ ONLY; ${add(1)}`,
  `${ml}; BEGIN READ ONLY, NOT DEFERRABLE; ${add(1)}`,
  `${add(1)}; ${ml}; BEGIN READ WRITE; ${add(2)}; ROLLBACK`,
  `BEGIN READ ONLY; ${ml}; COMMIT; ${add(1)}`,
  `SET LOCAL work_mem = '7MB'; ${ml}; SHOW work_mem`,
  `COMMIT; ${ml}; ${add(1)}`,
];

interface Outcome {
  readonly answer: unknown;
  readonly notices: readonly unknown[];
  readonly status: string | null;
  readonly kept: unknown;
}

async function outcomeOf(pool: pg.Pool, text: string, before: string | undefined): Promise<Outcome> {
  const client = await pool.connect();
  const notices: unknown[] = [];
  const take = (notice: { code?: string | undefined; message?: string | undefined }) =>
    void notices.push([notice.code, notice.message]);
  try {
    await client.query('TRUNCATE kept');
    if (before !== undefined) await client.query(before);
    client.on('notice', take);
    const answer = await client.query(text).then(
      (results) => [results].flat().map(({ command, rows }) => [command, rows]),
      ({ code, message, position }: pg.DatabaseError) => ({ code, message, position }),
    );
    client.removeListener('notice', take);
    // pg tells of an error before it knows the status after it.
    const { getTransactionStatus } = client as unknown as { getTransactionStatus(): string | null };
    const status = await client.query('SELECT 1').then(
      () => getTransactionStatus.call(client),
      () => 'E',
    );
    await client.query('ROLLBACK');
    return { answer, notices, status, kept: (await client.query('SELECT id FROM kept ORDER BY id')).rows };
  } finally {
    client.release(true);
  }
}

describe.each([
  ['standing alone', undefined],
  ['in a block', `BEGIN; INSERT INTO kept VALUES (0)`],
])('%s', (_, before) => {
  test.each(texts)('%s', async (text) => {
    const natively = text.replaceAll(ml, `SELECT 'POSITIVE'::varchar AS sentiment`);
    const expected = await outcomeOf(plain, natively, before);
    const { answer } = expected;
    if (typeof answer === 'object' && answer !== null && 'position' in answer)
      Object.assign(answer, { position: undefined });
    const actual = await outcomeOf(app.pool, text, before);
    if (typeof actual.answer === 'object' && actual.answer !== null && 'position' in actual.answer) {
      Object.assign(actual.answer, { position: undefined });
    }
    expect(actual).toEqual(expected);
  });
});

test('a statement in row mode that stands alone brings no warning', async () => {
  const client = await app.pool.connect();
  const notices: unknown[] = [];
  client.on('notice', (notice) => void notices.push(notice.message));
  await client.query(`SET apg_enable_function_migration = off; ${ml}`);
  await client.query(ml);
  await client.query('RESET apg_enable_function_migration');
  client.release();
  expect(notices).toEqual([]);
});
