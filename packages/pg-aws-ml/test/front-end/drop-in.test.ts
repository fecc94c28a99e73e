import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';
import { startRecordingProxy } from './recording-proxy.js';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  await lab.admin.query(`create table notes (id int, body text); insert into notes values (1, 'a joy');
    create view moods as select id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment as mood from notes;
    create function mood_of(t text) returns text language plpgsql as
      $$ begin return (aws_comprehend.detect_sentiment(t, 'en')).sentiment; end $$`);
});
afterAll(() => lab.close());

async function bytesSent(PoolClass: typeof pg.Pool, texts: readonly string[]): Promise<string> {
  const proxy = await startRecordingProxy(lab.database);
  const pool = new PoolClass({ ...proxy.address, max: 1 });
  for (const text of texts) await pool.query(text);
  await pool.end();
  await proxy.stop();
  return proxy.sent().toString('latin1');
}

it('the first statements of a pool are all that it sends, where they use nothing but what PostgreSQL brings along', async () => {
  const texts = [
    'select now()',
    'select upper(version()) from generate_series(1, 2)',
    'create temp table things (a int)',
    'drop table things',
  ];
  const expected = await bytesSent(pg.Pool, texts);
  expect(await bytesSent(Pool as unknown as typeof pg.Pool, texts)).toBe(expected);
});

describe('the first statement of a pool that reaches an ML function', () => {
  it('by a view runs as if it had been known', async () => {
    expect((await lab.openPool().query('select * from moods')).rows).toEqual([{ id: 1, mood: 'POSITIVE' }]);
  });

  it('by a function, in a block as well', async () => {
    const client = await lab.openPool().connect();
    const begun = client.query('begin');
    expect((await client.query('select * from moods')).rows).toEqual([{ id: 1, mood: 'POSITIVE' }]);
    expect((await client.query("select mood_of('awful') as m")).rows).toEqual([{ m: 'NEGATIVE' }]);
    await begun;
    await client.query('commit');
    client.release();
  });
});

it('the first statement of a pool has the answer of a function that catches errors', async () => {
  await lab.admin.query(`create function cautious(t text) returns text language plpgsql as
      $$ begin return mood_of(t); exception when others then return 'unknown'; end $$;
    create view cautious_moods as select cautious(body) as mood from notes`);
  expect((await lab.openPool().query('select * from cautious_moods')).rows).toEqual([{ mood: 'POSITIVE' }]);
});

describe('statement_timeout', () => {
  it.each([
    ['outside', ''],
    ['in', 'begin'],
  ])('does not count what the Pool asks beside a statement, %s a block', async (_where, begin) => {
    await lab.admin.query('create table if not exists marks (id int)');
    const pool = lab.openPool({ max: 1, options: '-c statement_timeout=1s' });
    const client = await pool.connect();
    await client.query(begin);
    // The INSERT needs none of it.
    const locking = await lab.admin.connect();
    await locking.query('begin; lock table pg_catalog.pg_depend in access exclusive mode');
    const outcome = client.query('insert into marks values (1)').catch((error: unknown) => error);
    await Promise.race([outcome, setTimeout(1_500)]);
    await locking.query('rollback');
    locking.release();
    expect(await outcome).toMatchObject({ rowCount: 1 });
    expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '1s' }]);
    client.release(true);
  });
});

const processOf = (client: pg.Client) => (client as unknown as { processID: number }).processID;

it.each<[string, (client: pg.Client) => unknown]>([
  ['by the server', (client) => lab.admin.query('select pg_terminate_backend($1)', [processOf(client)])],
  ['by the application', (client) => client.end()],
])(
  'a client that is ended %s while the Pool looks something up rejects its statement, and no more',
  async (_by, end) => {
    const client = new Client(lab.database);
    client.on('error', () => {});
    await client.connect();
    const locking = await lab.admin.connect();
    await locking.query('begin; lock table pg_catalog.pg_depend in access exclusive mode');
    const outcome = client.query('insert into notes select where false').catch((error: Error) => error);
    const waiting = 'select from pg_locks where pid = $1 and not granted';
    while ((await lab.admin.query(waiting, [processOf(client)])).rowCount === 0) await setTimeout(20);
    const ended = end(client);
    expect(await outcome).toMatchObject({ message: expect.stringMatching(/terminat/) });
    await locking.query('rollback');
    locking.release();
    await ended;
  },
);

/** Whether this pg knows the option `pipeline`. */
const pipelines = '_sentQueryQueue' in new pg.Client();

describe.runIf(pipelines)('in pipeline mode', () => {
  const open = async () => {
    const client = new Client({ ...lab.database, pipeline: true } as pg.ClientConfig);
    await client.connect();
    return client;
  };

  it('ordinary statements run', async () => {
    const client = await open();
    const results = await Promise.all([
      client.query('select count(*)::int as n from notes'),
      client.query('select pg_sleep(0), $1::text as t', ['x']),
      client.query('update notes set id = id'),
    ]);
    expect(results.map(({ rowCount }) => rowCount)).toEqual([1, 1, 1]);
    await client.end();
  });

  it('a statement with ML calls is refused with the reason, and the next one runs', async () => {
    const client = await open();
    const refused = { code: '0A000', hint: expect.stringContaining('pipeline') };
    const text = "select mood_of('a joy')";
    const outcomes = await Promise.allSettled([client.query(text), client.query('select 1 as one')]);
    expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: refused });
    expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { rows: [{ one: 1 }] } });
    await expect(client.query(text)).rejects.toMatchObject(refused);
    await client.end();
  });
});

it("takes a connection of the caller's own, which says no more than that it is ready", async () => {
  const sent: string[] = [];
  const connection = Object.assign(new EventEmitter(), {
    parsedStatements: {},
    submittedNamedStatements: {},
    connect() {},
    query(text: string) {
      sent.push(text);
    },
  });
  const client = new Client({ connection } as unknown as pg.ClientConfig);
  client.connect(() => {});
  connection.emit('readyForQuery');
  const result = client.query('insert into things select make_thing()');
  expect(sent).toEqual(['insert into things select make_thing()']);
  connection.emit('commandComplete', { text: 'INSERT 0 3' });
  connection.emit('readyForQuery');
  expect(await result).toMatchObject({ command: 'INSERT', rowCount: 3 });
});
