import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
let client: pg.PoolClient;
let notices: string[];
let made = 0;

const mood = (text: string) => `(aws_comprehend.detect_sentiment(${text}, 'en')).sentiment`;

beforeAll(async () => {
  lab = await openLab();
  await lab.admin.query(`create table notes (id int, body text, mood text);
    insert into notes values (1, 'I love it, wonderful'), (2, 'Terrible, awful'), (3, null)`);
});
afterAll(() => lab.close());

beforeEach(async () => {
  client = await lab.pool.connect();
  await learn();
  notices = [];
  client.on('notice', ({ message }) => notices.push(message!));
  lab.services.resetRequests();
  return () => client.release(true);
});

/** Lets the Pool learn the names of the database. */
const learn = () => client.query(`select 'aws_ml' as word`);

/** Then another connection makes a function that calls an ML function, and says each time that it runs. */
async function makeFunction(body = `return ${mood('t')};`): Promise<string> {
  await learn();
  const name = `made_${++made}`;
  await lab.admin.query(
    `create function ${name}(t text) returns text language plpgsql as $$ begin raise notice 'ran'; ${body} end $$`,
  );
  return name;
}

/** Something was run by the server before it was ours. */
const ranNatively = () => notices.filter((message) => message === 'ran').length > 1;

describe('a statement that another connection has made reach an ML function runs at once', () => {
  it('by promise, callback and event, with and without values', async () => {
    const one = await makeFunction();
    const text = `select ${one}('a joy') as m`;
    expect((await client.query(text)).rows).toEqual([{ m: 'POSITIVE' }]);
    expect(ranNatively()).toBe(true);

    const two = await makeFunction();
    expect((await lab.pool.query(`select ${two}($1) as m`, ['awful'])).rows).toEqual([{ m: 'NEGATIVE' }]);

    const three = await makeFunction();
    const answer = await new Promise<pg.QueryResult>((resolve, reject) =>
      client.query(`select ${three}('a joy') as m`, (error, result) => (error ? reject(error) : resolve(result))),
    );
    expect(answer).toMatchObject({ rows: [{ m: 'POSITIVE' }], rowCount: 1, command: 'SELECT' });

    const four = await makeFunction();
    const seen: unknown[] = [];
    const query = new pg.Query(`select ${four}('awful') as m`);
    const ended = new Promise<void>((resolve) => {
      for (const event of ['row', 'error', 'end'] as const) {
        query.on(event, (argument: unknown) => {
          seen.push(event === 'row' ? argument : event);
          if (event === 'end') resolve();
        });
      }
    });
    client.query(query);
    await ended;
    expect(seen).toEqual([{ m: 'NEGATIVE' }, 'end']);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(client.getTransactionStatus()).toBe('I');
  });

  it('as an array, with the fields and types of its columns', async () => {
    const name = await makeFunction();
    const result = await client.query({ text: `select id, ${name}(body) from notes where id = 1`, rowMode: 'array' });
    expect(result.rows).toEqual([[1, 'POSITIVE']]);
    expect(result.fields.map((f) => [f.name, f.dataTypeID])).toEqual([
      ['id', 23],
      [name, 25],
    ]);
  });

  it('prepared under a name, then and later', async () => {
    const name = await makeFunction();
    const config = { name: 'scored', text: `select ${name}($1) as m` };
    for (const [text, expected] of [
      ['a joy', 'POSITIVE'],
      ['awful', 'NEGATIVE'],
    ]) {
      expect((await client.query({ ...config, values: [text] })).rows).toEqual([{ m: expected }]);
    }
  });

  it('that was prepared before, when it reached none', async () => {
    const name = await makeFunction('return t;');
    const config = { name: 'prepared', text: `select ${name}($1) as m` };
    expect((await client.query({ ...config, values: ['a joy'] })).rows).toEqual([{ m: 'a joy' }]);
    await lab.admin.query(
      `create or replace function ${name}(t text) returns text language plpgsql as $$ begin return ${mood('t')}; end $$`,
    );
    expect((await client.query({ ...config, values: ['a joy'] })).rows).toEqual([{ m: 'POSITIVE' }]);
    expect((await client.query({ ...config, values: ['awful'] })).rows).toEqual([{ m: 'NEGATIVE' }]);
  });

  it('through a cursor and a stream', async () => {
    const one = await makeFunction();
    const cursor = client.query(new Cursor(`select ${one}(body) as m from notes order by id`));
    expect(await cursor.read(2)).toEqual([{ m: 'POSITIVE' }, { m: 'NEGATIVE' }]);
    expect(await cursor.read(2)).toEqual([{ m: null }]);
    await cursor.close();
    expect(ranNatively()).toBe(true);
    const two = await makeFunction();
    const stream = client.query(
      new QueryStream(`select ${two}(body) as m from notes order by id`, [], { batchSize: 1 }),
    );
    expect(await stream.toArray()).toEqual([{ m: 'POSITIVE' }, { m: 'NEGATIVE' }, { m: null }]);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('through a trigger, a view, DO and a procedure', async () => {
    await lab.admin.query('create table scored (body text, mood text)');
    const trigger = await makeFunction();
    await client.query(`insert into scored values ('nothing yet')`);
    await lab.admin.query(
      `create function set_mood() returns trigger language plpgsql as $$ begin new.mood := ${trigger}(new.body); return new; end $$;
       create trigger t before insert on scored for each row execute function set_mood()`,
    );
    const inserted = await client.query(`insert into scored values ('a joy'), ('awful') returning mood`);
    expect(inserted).toMatchObject({ rows: [{ mood: 'POSITIVE' }, { mood: 'NEGATIVE' }], rowCount: 2 });
    expect(ranNatively()).toBe(true);
    expect((await lab.admin.query('select count(*)::int as n from scored')).rows).toEqual([{ n: 3 }]);

    await learn();
    await lab.admin.query(`create view moods as select id, ${mood('body')} as m from notes`);
    expect((await client.query('select m from moods where id = 2')).rows).toEqual([{ m: 'NEGATIVE' }]);

    const inDo = await makeFunction();
    await client.query(`do $$ begin update notes set mood = ${inDo}(body) where id = 1; end $$`);
    expect((await client.query('select mood from notes where id = 1')).rows).toEqual([{ mood: 'POSITIVE' }]);

    await learn();
    await lab.admin.query(
      `create procedure p() language plpgsql as $$ begin update notes set mood = ${mood('body')} where id = 2; end $$`,
    );
    expect(await client.query('call p()')).toMatchObject({ command: 'CALL' });
    expect((await client.query('select mood from notes where id = 2')).rows).toEqual([{ mood: 'NEGATIVE' }]);
  });

  it('where no name in it tells', async () => {
    const hidden = await makeFunction(
      `execute 'select (aws_comprehend.detect' || '_sentiment($1, ''en'')).sentiment' into t using t; return t;`,
    );
    const text = `select ${hidden}('a joy') as m`;
    for (let run = 0; run < 2; run++) expect((await client.query(text)).rows).toEqual([{ m: 'POSITIVE' }]);
    await client.query('begin');
    expect((await client.query(text)).rows).toEqual([{ m: 'POSITIVE' }]);
    await client.query('commit');
  });

  it('among several, which were undone together', async () => {
    await lab.admin.query('create table log (entry text)');
    const name = await makeFunction();
    const script = `insert into log values ('once'); select 1 as one; select ${name}('a joy') as m`;
    const results = (await client.query(script)) as unknown as pg.QueryResult[];
    expect(results.map(({ command, rows }) => [command, rows])).toEqual([
      ['INSERT', []],
      ['SELECT', [{ one: 1 }]],
      ['SELECT', [{ m: 'POSITIVE' }]],
    ]);
    expect((await lab.admin.query('select * from log')).rows).toEqual([{ entry: 'once' }]);
  });

  it('though the server has sent rows into a result that nobody has yet', async () => {
    const name = await makeFunction();
    const text = `select i, case when i = 5000 then ${name}('a joy') else repeat('x', 100) end as m from generate_series(1, 5000) i`;
    const { rows } = await client.query(text);
    expect(rows).toHaveLength(5000);
    expect(rows[4999]).toEqual({ i: 5000, m: 'POSITIVE' });
  });

  it.each(['timeout', 'cancel'])('and is ended by a %s', async (end) => {
    const name = await makeFunction();
    lab.services.setFaults({ comprehend: { latencyMs: 20_000 } });
    let query: pg.Query | undefined;
    const failed = new Promise((resolve) => {
      query = new pg.Query(`select ${name}('slow by ${end}')`, resolve as never);
    });
    if (end === 'timeout') Object.assign(query!, { query_timeout: 500 });
    client.query(query!);
    if (end === 'cancel') {
      const canceller = new Client({ ...lab.database });
      setTimeout(() => (canceller as unknown as { cancel(...args: unknown[]): void }).cancel(client, query), 500);
    }
    expect(await failed).toMatchObject(end === 'cancel' ? { code: '57014' } : { message: 'Query read timeout' });
    lab.services.setFaults();
    // The next statement doesn't wait for the service.
    const before = performance.now();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('a statement is not run twice, and its failure stays', () => {
  const refused = { code: '0A000', hint: expect.stringContaining('pg-aws-ml') };

  it('after rows that somebody has seen', async () => {
    const rows = (name: string) =>
      `select i, case when i = 5000 then ${name}('a joy') else repeat('x', 100) end as m from generate_series(1, 5000) i`;
    const query = new pg.Query(rows(await makeFunction()));
    let seen = 0;
    query.on('row', () => seen++);
    const failed = new Promise((resolve) => query.on('error', resolve));
    client.query(query);
    expect(await failed).toMatchObject(refused);
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(5000);

    const cursor = client.query(new Cursor(rows(await makeFunction())));
    expect(await cursor.read(10)).toHaveLength(10);
    await expect(cursor.read(5000)).rejects.toMatchObject(refused);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(lab.services.requests.total()).toBe(0);
  });

  it('where a part may have been committed', async () => {
    await lab.admin.query('create table steps (step text)');
    const name = await makeFunction();
    await lab.admin.query(`
      create procedure inner_step() language plpgsql as $$ begin insert into steps values ('inner'); commit; end $$;
      create procedure outer_step() language plpgsql as $$ begin call inner_step(); perform ${name}('a joy'); end $$`);
    await expect(client.query('call outer_step()')).rejects.toMatchObject(refused);
    await expect(
      client.query(
        `do $$ begin insert into steps values ('do'); commit; perform ${await makeFunction()}('a joy'); end $$`,
      ),
    ).rejects.toMatchObject(refused);
    const script = `begin; insert into steps values ('script'); commit; select ${await makeFunction()}('a joy')`;
    await expect(client.query(script)).rejects.toMatchObject(refused);
    const { rows } = await lab.admin.query('select step, count(*)::int as n from steps group by 1 order by 1');
    expect(rows).toEqual([
      { step: 'do', n: 1 },
      { step: 'inner', n: 1 },
      { step: 'script', n: 1 },
    ]);
    // Known by now, they run as ours.
    await client.query('call outer_step()');
  });

  it('where it takes no transaction block', async () => {
    await lab.admin.query(`create function steady(t text) returns text immutable language plpgsql as
      $$ begin return ${mood('t')}; end $$`);
    await expect(client.query('create index concurrently steady_index on notes (steady(body))')).rejects.toMatchObject({
      code: '0A000',
    });
    await lab.admin.query('drop index if exists steady_index');
  });

  it('where it may have had other effects', async () => {
    const name = await makeFunction();
    await expect(client.query(`select pg_advisory_lock(77), ${name}('a joy')`)).rejects.toMatchObject(refused);
    expect((await client.query('select pg_advisory_unlock(77) as held')).rows).toEqual([{ held: true }]);
    expect((await client.query('select pg_advisory_unlock(77) as held')).rows).toEqual([{ held: false }]);
  });

  it('within a block, which works when it is run again', async () => {
    const name = await makeFunction();
    const transaction = async () => {
      await client.query('begin');
      await client.query(`insert into notes values (4, 'great')`);
      return client.query(`select ${name}(body) as m from notes where id = 4`);
    };
    await expect(transaction()).rejects.toMatchObject({
      code: '0A000',
      hint: expect.stringContaining('Run the transaction again'),
    });
    await client.query('rollback');
    expect((await transaction()).rows).toEqual([{ m: 'POSITIVE' }]);
    await client.query('rollback');
  });

  it('within a block, unless the change is older than a few seconds', async () => {
    const name = await makeFunction();
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    await client.query('begin');
    later.mockRestore();
    expect((await client.query(`select ${name}('a joy') as m`)).rows).toEqual([{ m: 'POSITIVE' }]);
    await client.query('rollback');
    expect(ranNatively()).toBe(false);
  });

  it('within a script that opens a block', async () => {
    const name = await makeFunction();
    await expect(client.query(`begin; select ${name}('a joy')`)).rejects.toMatchObject({ code: '0A000' });
    expect(client.getTransactionStatus()).toBe('E');
    await client.query('rollback');
  });
});
