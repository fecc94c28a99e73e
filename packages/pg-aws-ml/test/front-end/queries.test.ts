import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { type EchoLog, echoClasses, newLog } from './echo-engine.js';

const log: EchoLog = newLog();
const { Client, Pool } = echoClasses(log);
let database: DatabaseAddress;
let client: InstanceType<typeof Client>;

beforeEach(async () => {
  database ??= await createTestDatabase();
  client = new Client({ ...database });
  await client.connect();
  log.statements.length = 0;
  log.aborted = 0;
});
afterEach(() => client.end());

describe('a statement of ours', () => {
  it('goes by the simple protocol without values, by the extended one with them', async () => {
    const simple = await client.query("select 1 as echo, 'x'::text as t");
    expect(simple.rows).toEqual([{ echo: 1, t: 'x' }]);
    await client.query('select $1::text as echo', ['é']);
    await client.query('select 1 as echo', []);
    expect(log.statements.map(({ values }) => values)).toEqual([undefined, ['é'], undefined]);
  });

  it('answers in several chunks', async () => {
    const { rows } = await client.query('select g, $1::text as echo from generate_series(1, 10) g', ['é']);
    expect(rows).toHaveLength(10);
    expect(rows[9]).toEqual({ g: 10, echo: 'é' });
  });

  it('binds values as pg prepares them', async () => {
    const values = [
      new Date(0),
      Buffer.from([1]),
      new Uint8Array([2]),
      [1, null],
      { a: 1 },
      5n,
      null,
      { toPostgres: () => 'p' },
    ];
    const text =
      'select $1::timestamptz, $2::bytea, $3::bytea, $4::int[], $5::jsonb, $6::int8, $7::int, $8::text as echo';
    const { rows } = await client.query({ text, values, rowMode: 'array' });
    expect(rows).toEqual([[new Date(0), Buffer.from([1]), Buffer.from([2]), [1, null], { a: 1 }, '5', null, 'p']]);
  });

  it('is remembered by its name', async () => {
    const named = { name: 'ours', text: 'select $1::int + 1 as echo' };
    expect((await client.query({ ...named, values: [1] })).rows).toEqual([{ echo: 2 }]);
    expect((await client.query({ name: 'ours', values: [2] } as unknown as pg.QueryConfig)).rows).toEqual([
      { echo: 3 },
    ]);
    await expect(client.query({ name: 'ours', text: 'select 1', values: [] })).rejects.toThrow(
      "Prepared statements must be unique - 'ours' was used for a different statement",
    );
    await expect(client.query({ name: 'ours', text: 'select 2 as echo' })).rejects.toThrow('must be unique');
    expect(log.statements.map(({ text }) => text)).toEqual([named.text, named.text]);
    expect(client.connection).toHaveProperty('parsedStatements', {});
  });

  it('cannot take the name of a statement of the server', async () => {
    await client.query({ name: 'theirs', text: 'select 1' });
    await expect(client.query({ name: 'theirs', text: 'select 1 as echo' })).rejects.toThrow('must be unique');
  });

  it('keeps the async context of its caller', async () => {
    const storage = new AsyncLocalStorage<string>();
    let seen: string | undefined;
    class Tracing extends Client {
      protected override createState() {
        const run = async () => {
          await null;
          seen = storage.getStore();
          return 'pass-through' as const;
        };
        const createInterceptor = () => ({ concerns: (text: string) => text.includes('echo'), run });
        return { createInterceptor, stats: () => [], cacheTable: () => undefined, resetStats() {}, close() {} };
      }
    }
    const traced = new Tracing({ ...database });
    await traced.connect();
    const blocking = traced.query('select pg_sleep(0.05)');
    await storage.run('caller', () => traced.query('select 1 as echo'));
    await blocking;
    await traced.end();
    expect(seen).toBe('caller');
  });
});

describe('a statement that the engine declines', () => {
  it('reaches the server as it is', async () => {
    const script: unknown = await client.query('select 1 as echo /* pass-through */; select 2 as b');
    expect(script).toMatchObject([{ rows: [{ echo: 1 }] }, { rows: [{ b: 2 }] }]);
    const extended = await client.query('select $1::int as echo /* pass-through */', [3]);
    expect(extended.rows).toEqual([{ echo: 3 }]);
    await expect(client.query('select echo /* pass-through */ from', [])).rejects.toMatchObject({ code: '42601' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('is prepared on the server under its name', async () => {
    const named = { name: 'declined', text: 'select $1::int as echo /* pass-through */' };
    for (const value of [1, 2]) {
      expect((await client.query({ ...named, values: [value] })).rows).toEqual([{ echo: value }]);
    }
    expect((await client.query({ name: 'declined', values: [3] } as unknown as pg.QueryConfig)).rows).toEqual([
      { echo: 3 },
    ]);
    const { rows } = await client.query(
      "select count(*)::int as n from pg_prepared_statements where name = 'declined'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

describe('values that cannot be sent', () => {
  it('are an error, and the next statement runs', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await expect(client.query('select $1::json as echo', [circular])).rejects.toThrow('circular');
    expect(log.statements).toEqual([]);
    expect((await client.query('select $1::int as echo', [1])).rows).toEqual([{ echo: 1 }]);
  });
});

it('runs in the order of the calls, ours and others mixed', async () => {
  const order: string[] = [];
  const note = (what: string) => () => order.push(what);
  await Promise.all([
    client.query('create temp table turns (n serial, what text)').then(note('create')),
    client.query("insert into turns (what) values ('echo 1')").then(note('ours 1')),
    client.query("insert into turns (what) values ('plain 1')").then(note('plain 1')),
    client.query('insert into turns (what) values ($1 || $2)', ['plain', ' 2']).then(note('plain 2')),
    client.query("insert into turns (what) values ('echo ' || $1)", ['2']).then(note('ours 2')),
    client.query("insert into turns (what) values ('echo 3')").then(note('ours 3')),
  ]);
  const { rows } = await client.query({ text: 'select what from turns order by n', rowMode: 'array' });
  expect(rows.flat()).toEqual(['echo 1', 'plain 1', 'plain 2', 'echo 2', 'echo 3']);
  expect(order).toEqual(['create', 'ours 1', 'plain 1', 'plain 2', 'ours 2', 'ours 3']);
});

it('follows transactions through ours and others', async () => {
  const status = () => (client as unknown as { getTransactionStatus(): string }).getTransactionStatus();
  await client.query('begin');
  await client.query('select 1 as echo');
  expect(status()).toBe('T');
  await expect(client.query('select 1 / 0 as echo')).rejects.toMatchObject({ code: '22012' });
  expect(status()).toBe('E');
  await expect(client.query('select 2 as echo')).rejects.toMatchObject({ code: '25P02' });
  await client.query('rollback');
  expect(status()).toBe('I');
});

it("shows instrumentation of pg's client one call with text and callback for each statement", async () => {
  const { query } = pg.Client.prototype;
  const ended: string[] = [];
  // As tracers do: they read a copy of the first argument, wrap the callback that they find there, and put an annotated
  // copy in the place of one that has no name.
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const config = args[0] as { text?: string; name?: string; callback?: (...results: unknown[]) => void };
    const text = typeof args[0] === 'string' ? args[0] : config.text!;
    const { callback } = { ...config };
    if (config.name === undefined) args[0] = typeof args[0] === 'string' ? `${text} -- traced` : { ...config };
    if (typeof callback === 'function') {
      config.callback = (...results) => {
        ended.push(text);
        callback.apply(this, results);
      };
    }
    return Reflect.apply(query, this, args);
  } as typeof query;
  try {
    expect((await client.query('select 1 as echo')).rows).toEqual([{ echo: 1 }]);
    expect((await client.query({ text: 'select $1::int as echo', values: [2] })).rows).toEqual([{ echo: 2 }]);
    await client.query('select 3 as plain');
  } finally {
    pg.Client.prototype.query = query;
  }
  expect(ended).toEqual(['select 1 as echo', 'select $1::int as echo']);
});

it('leaves no listener behind', async () => {
  const counts = () =>
    [client, client.connection].map((emitter) =>
      emitter.eventNames().map((name) => [name, emitter.listenerCount(name)]),
    );
  await client.query('select 1');
  const before = counts();
  await client.query('select 1 as echo');
  await client.query('select $1::int as echo /* pass-through */', [1]);
  await client.query('select 1 / 0 as echo').catch(() => {});
  expect(counts()).toEqual(before);
});

it('lets listeners on the connection see the answer', async () => {
  const names = new Promise((resolve) =>
    client.connection.once('rowDescription', ({ fields }) => resolve(fields.map(({ name }: pg.FieldDef) => name))),
  );
  await client.query('select 1 as echo, 2 as b');
  expect(await names).toEqual(['echo', 'b']);
});

describe('a timeout', () => {
  it('of the query rejects, aborts the engine and frees the connection', async () => {
    const config = { text: 'select pg_sleep(0.4), $1::int as echo', values: [1], query_timeout: 100 };
    await expect(client.query(config)).rejects.toThrow('Query read timeout');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(log.aborted).toBe(1);
  });

  it('of a waiting statement takes it from the queue', async () => {
    const blocking = client.query('select pg_sleep(0.3)');
    await expect(client.query({ text: 'select 1 as echo', query_timeout: 50 } as pg.QueryConfig)).rejects.toThrow(
      'timeout',
    );
    await blocking;
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(log.statements).toEqual([]);
  });
});

describe('cancel', () => {
  const cancel = (query: pg.Query) => {
    const canceller = new Client({ ...database }) as unknown as { cancel(target: unknown, query: pg.Query): void };
    canceller.cancel(client, query);
  };

  it('ends the statement that runs on the server', async () => {
    const query = new pg.Query('select pg_sleep(30), 1 as echo', () => {});
    const failed = new Promise((_resolve, reject) => {
      (query as unknown as { callback: (error: Error) => void }).callback = reject;
    });
    client.query(query);
    setTimeout(() => cancel(query), 50);
    await expect(failed).rejects.toMatchObject({ code: '57014' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a pipelining client', () => {
  it('refuses ours and runs the others', async () => {
    const pipelining = new Client({ ...database, pipeline: true });
    await pipelining.connect();
    await expect(pipelining.query('select 1 as echo')).rejects.toMatchObject({ code: '0A000' });
    expect((await pipelining.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pipelining.end();
  });
});

describe('a lost connection', () => {
  it('rejects the statement with the reason of the server, and the pool goes on', async () => {
    const pool = new Pool({ ...database, max: 1 });
    pool.on('error', () => {});
    const connection = await pool.connect();
    connection.on('error', () => {});
    const pid = (connection as unknown as { processID: number }).processID;
    const sleeping = connection.query('select pg_sleep(30) as echo');
    const expected = expect(sleeping).rejects.toMatchObject({ code: '57P01' });
    await client.query('select pg_terminate_backend($1)', [pid]);
    await expected;
    connection.release(true);
    expect((await pool.query('select 5 as echo')).rows).toEqual([{ echo: 5 }]);
    await pool.end();
    expect(log.closed).toBeGreaterThan(0);
  });

  it('rejects the statement when the socket is cut', async () => {
    const pool = new Pool({ ...database, max: 1 });
    pool.on('error', () => {});
    const connection = await pool.connect();
    connection.on('error', () => {});
    const sleeping = connection.query('select pg_sleep(30), $1 as echo', ['x']);
    const expected = expect(sleeping).rejects.toThrow('Connection terminated unexpectedly');
    setTimeout(() => (connection.connection.stream as unknown as { destroy(): void }).destroy(), 50);
    await expected;
    connection.release(true);
    expect((await pool.query('select 5 as echo')).rows).toEqual([{ echo: 5 }]);
    await pool.end();
  });

  it('rejects the statement when the client is ended', async () => {
    const other = new Client({ ...database });
    await other.connect();
    const sleeping = expect(other.query('select pg_sleep(30) as echo')).rejects.toThrow('Connection terminated');
    await other.end();
    await sleeping;
    await expect(other.query('select 1 as echo')).rejects.toThrow('Client was closed and is not queryable');
  });
});

describe('an exception of the application', () => {
  it('in a callback is uncaught, and the connection goes on', async () => {
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
    const listeners = process
      .listeners('uncaughtException')
      .filter((listener) => listener !== process.listeners('uncaughtException').at(-1));
    for (const listener of listeners) process.off('uncaughtException', listener);
    client.query('select 1 / 0 as echo', () => {
      throw new Error('thrown by the application');
    });
    expect(await uncaught).toMatchObject({ message: 'thrown by the application' });
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
