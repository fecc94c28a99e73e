import { type EventEmitter, once } from 'node:events';
import pg from 'pg';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { subjects } from './subjects.js';

let database: DatabaseAddress;
beforeAll(async () => {
  database = await createTestDatabase();
});

describe.each(subjects)('%s', (_name, { Client, Pool }) => {
  describe('a client', () => {
    let client: pg.Client;
    beforeEach(async () => {
      client = new Client({ ...database });
      await client.connect();
    });
    afterEach(() => client.end());
    type Callback = (error: Error | null, result: pg.QueryResult) => void;
    const callingBack = (query: (callback: Callback) => unknown) =>
      new Promise((resolve, reject) => {
        const returned = query((error, result) => (error ? reject(error) : resolve([returned, result.rows])));
      });

    it.each<[string, (callback: Callback) => unknown[]]>([
      ['text', (callback) => ['select 1 as a', callback]],
      ['text and values', (callback) => ['select $1::int as a', [1], callback]],
      ['a configuration', (callback) => [{ text: 'select $1::int as a', values: [1] }, callback]],
      ['a configuration and values', (callback) => [{ text: 'select $1::int as a' }, [1], callback]],
      ['a callback in the configuration', (callback) => [{ text: 'select 1 as a', callback }]],
    ])('takes %s with a callback and returns undefined', async (_form, args) => {
      const answer = await callingBack((callback) => Reflect.apply(client.query, client, args(callback)));
      expect(answer).toEqual([undefined, [{ a: 1 }]]);
    });

    it.each<[string, unknown[]]>([
      ['text', ['select 1 as a']],
      ['text and values', ['select $1::int as a', [1]]],
      ['a configuration', [{ text: 'select $1::int as a', values: [1] }]],
      ['a configuration and values', [{ text: 'select $1::int as a' }, [1]]],
      ['a named statement', [{ name: 'n', text: 'select $1::int as a', values: [1] }]],
      ['a frozen configuration', [Object.freeze({ text: 'select $1::int as a', values: Object.freeze([1]) })]],
      ['an extended query without values', [{ text: 'select 1 as a', queryMode: 'extended' }]],
      [
        'a text that is a getter of the prototype',
        [
          new (class {
            readonly values = [1];
            get text() {
              return 'select $1::int as a';
            }
          })(),
        ],
      ],
    ])('takes %s and returns a promise', async (_form, args) => {
      const returned: Promise<pg.QueryResult> = Reflect.apply(client.query, client, args);
      expect(returned).toBeInstanceOf(Promise);
      const result = await returned;
      expect(result).toBeInstanceOf(pg.Result);
      expect(result).toMatchObject({ rows: [{ a: 1 }], rowCount: 1, command: 'SELECT' });
      expect(Object.hasOwn(result, 'rowCount')).toBe(true);
    });

    it('refuses what is no query as pg does', async () => {
      expect(() => Reflect.apply(client.query, client, [null])).toThrow(
        new TypeError('Client was passed a null or undefined query'),
      );
      await expect(Reflect.apply(client.query, client, [{ values: [1] }])).rejects.toThrow('either text or a name');
      await expect(Reflect.apply(client.query, client, ['select $1', 'text'])).rejects.toThrow(
        'Query values must be an array',
      );
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    });

    it('gives one result for each statement of a script', async () => {
      const results = (await client.query(
        "create temp table s (a int); insert into s values (1), (2); select a from s; select 'x' as b",
      )) as unknown as pg.QueryResult[];
      expect(results.map(({ command, rowCount, rows }) => [command, rowCount, rows])).toEqual([
        ['CREATE', null, []],
        ['INSERT', 2, []],
        ['SELECT', 2, [{ a: 1 }, { a: 2 }]],
        ['SELECT', 1, [{ b: 'x' }]],
      ]);
    });

    it('describes the fields', async () => {
      const { fields } = await client.query("select 1 as a, 'x'::varchar(5) as b, oid from pg_class limit 0");
      expect(fields.map((field) => ({ ...field }))).toEqual([
        { name: 'a', tableID: 0, columnID: 0, dataTypeID: 23, dataTypeSize: 4, dataTypeModifier: -1, format: 'text' },
        { name: 'b', tableID: 0, columnID: 0, dataTypeID: 1043, dataTypeSize: -1, dataTypeModifier: 9, format: 'text' },
        {
          name: 'oid',
          tableID: 1259,
          columnID: 1,
          dataTypeID: 26,
          dataTypeSize: 4,
          dataTypeModifier: -1,
          format: 'text',
        },
      ]);
    });

    it('gives rows as arrays', async () => {
      const { rows } = await client.query({ text: 'select 1 as a, 2 as a, null', rowMode: 'array' });
      expect(rows).toEqual([[1, 2, null]]);
    });

    it('parses types: the query before the client before the global ones', async () => {
      const text = 'select 1::int8 as i, 2.50::numeric as n, now()::date::timestamptz as t, array[1,2] as l';
      const plain = (await client.query(text)).rows[0];
      expect(plain).toMatchObject({ i: '1', n: '2.50', t: expect.any(Date), l: [1, 2] });
      client.setTypeParser(20, (value: string) => `client ${value}`);
      expect((await client.query(text)).rows[0]).toMatchObject({ i: 'client 1' });
      const types = { getTypeParser: () => (value: string) => `query ${value}` } as unknown as pg.CustomTypesConfig;
      expect((await client.query({ text, types })).rows[0]).toMatchObject({ i: 'query 1', n: 'query 2.50' });
    });

    it('gives JSON, bytes, intervals and composites', async () => {
      const { rows } = await client.query(
        `select '{"a": [1]}'::jsonb as j, '\\x00ff'::bytea as b, '1 day 2 hours'::interval as v, row(1, 'x') as r`,
      );
      expect(rows[0].j).toEqual({ a: [1] });
      expect(rows[0].b).toEqual(Buffer.from([0, 255]));
      expect(rows[0].v).toMatchObject({ days: 1, hours: 2 });
      expect(rows[0].r).toBe('(1,x)');
    });

    it('rejects with the error of the server, at the position in the text', async () => {
      const error = await client.query('select 1 as a,\n  nonsense').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(pg.DatabaseError);
      expect(error).toMatchObject({ name: 'error', code: '42703', severity: 'ERROR', position: '18' });
      expect(Object.keys(error as object)).toEqual(expect.arrayContaining(['code', 'detail', 'hint', 'routine']));
      expect((error as Error).stack).toContain('comparison.test');
      await client.query('create temp table u (a int constraint positive check (a > 0))');
      await expect(client.query('insert into u values ($1)', [-1])).rejects.toMatchObject({
        code: '23514',
        constraint: 'positive',
        table: 'u',
      });
    });

    it('prepares a named statement once and finds it by its name', async () => {
      const named = { name: 'once', text: 'select $1::int as a' };
      expect((await client.query({ ...named, values: [1] })).rows).toEqual([{ a: 1 }]);
      expect((await client.query({ ...named, values: [2] })).rows).toEqual([{ a: 2 }]);
      const byName = { name: 'once', values: [3] } as unknown as pg.QueryConfig;
      expect((await client.query(byName)).rows).toEqual([{ a: 3 }]);
      await expect(client.query({ name: 'once', text: 'select 2' })).rejects.toThrow(
        'Prepared statements must be unique',
      );
    });

    it('runs a Query with events', async () => {
      const query = client.query(new pg.Query('select g as a from generate_series(1, 3) g'));
      const rows: unknown[] = [];
      query.on('row', (row) => rows.push(row));
      const [result] = await once(query, 'end');
      expect(rows).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
      expect(result.rows).toEqual([]);
      const failing = client.query(new pg.Query('select 1 / 0'));
      await expect(once(failing as EventEmitter, 'end')).rejects.toMatchObject({ code: '22012' });
    });

    it('runs a Query with a callback, and calls it once', async () => {
      let calls = 0;
      const answer = await new Promise<pg.QueryResult>((resolve, reject) => {
        const query = new pg.Query('select 1 as a', [], (error, result) => {
          calls++;
          error ? reject(error) : resolve(result);
        });
        expect(client.query(query)).toBe(query);
      });
      await client.query('select 1');
      expect(answer.rows).toEqual([{ a: 1 }]);
      expect(calls).toBe(1);
    });

    it('returns cursors and streams themselves', async () => {
      const cursor = new Cursor('select g as a from generate_series(1, 5) g');
      expect(client.query(cursor)).toBe(cursor);
      expect(await cursor.read(3)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
      expect(await cursor.read(3)).toEqual([{ a: 4 }, { a: 5 }]);
      expect(await cursor.read(3)).toEqual([]);
      await cursor.close();
      const stream = new QueryStream('select $1::text as a', ['x'], { rowMode: 'array' });
      expect(client.query(stream)).toBe(stream);
      expect(await stream.toArray()).toEqual([['x']]);
    });

    it('reads exactly as many rows as there are, then none', async () => {
      const cursor = client.query(new Cursor('select generate_series(1, 4) as a'));
      expect(await cursor.read(4)).toHaveLength(4);
      expect(await cursor.read(4)).toEqual([]);
      await client.query('select 1');
    });

    it('runs what is queued in order, and drains', async () => {
      const order: number[] = [];
      const drained = once(client, 'drain');
      await Promise.all([1, 2, 3].map((turn) => client.query('select $1::int', [turn]).then(() => order.push(turn))));
      await drained;
      expect(order).toEqual([1, 2, 3]);
    });

    it('follows transactions', async () => {
      await client.query('begin');
      expect(client.getTransactionStatus()).toBe('T');
      await client.query('create temp table rolled_back (a int)');
      await client.query('savepoint s');
      // pg reports the error as soon as it comes, and the status may come in a packet of its own.
      const ready = once(client.connection, 'readyForQuery');
      await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      await ready;
      expect(client.getTransactionStatus()).toBe('E');
      await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('rollback to s');
      await client.query('rollback');
      expect((await client.query("select to_regclass('rolled_back') as t")).rows).toEqual([{ t: null }]);
      expect(client.getTransactionStatus()).toBe('I');
    });

    it('emits notices and notifications', async () => {
      const events: unknown[] = [];
      client.on('notice', ({ severity, message }) => events.push([severity, message]));
      client.on('notification', ({ channel, payload }) => events.push([channel, payload]));
      await client.query('listen c');
      await client.query("do $$ begin raise warning 'careful'; end $$");
      await client.query("select pg_notify('c', $1)", ['p']);
      await client.query('select 1');
      expect(events).toEqual([
        ['WARNING', 'careful'],
        ['c', 'p'],
      ]);
    });

    it('times out a query, and can be used when the server is done', async () => {
      const slow = { text: 'select pg_sleep(0.2)', query_timeout: 50 };
      await expect(client.query(slow)).rejects.toThrow('Query read timeout');
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    });

    it('reports the statement_timeout of the server', async () => {
      await client.query('set statement_timeout = 50');
      await expect(client.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
    });

    it('runs an empty text', async () => {
      expect(await client.query('')).toMatchObject({ rows: [], command: null, rowCount: null });
      expect(await client.query('', [])).toMatchObject({ rows: [], rowCount: null });
    });

    it('gives the rows of RETURNING and the counts of writes', async () => {
      await client.query('create temp table w (a int, b text)');
      const insert = await client.query('insert into w values (1, $1), (2, $1) returning a', ['x']);
      expect(insert).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [{ a: 1 }, { a: 2 }], oid: 0 });
      expect(await client.query('update w set b = $1', ['y'])).toMatchObject({ command: 'UPDATE', rowCount: 2 });
      expect(await client.query('delete from w where a = $1', [9])).toMatchObject({ command: 'DELETE', rowCount: 0 });
    });
  });

  describe('the end of a client', () => {
    it('comes by promise and by callback, with an event', async () => {
      const client = new Client({ ...database });
      await client.connect();
      const ended = once(client, 'end');
      await new Promise<void>((resolve) => client.end(() => resolve()));
      await ended;
      await expect(client.query('select 1')).rejects.toThrow('Client was closed and is not queryable');
      const unconnected = new Client({ ...database });
      await unconnected.end();
    });

    it('ends a query in progress', async () => {
      const client = new Client({ ...database });
      await client.connect();
      const rejected = expect(client.query('select pg_sleep(5)')).rejects.toThrow('Connection terminated');
      await client.end();
      await rejected;
    });

    it('by the server is an error of the query and of the client', async () => {
      const client = new Client({ ...database });
      await client.connect();
      const failure = once(client, 'error');
      const rejected = expect(client.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({
        code: '57P01',
      });
      await rejected;
      expect((await failure)[0]).toMatchObject({ message: 'Connection terminated unexpectedly' });
      await expect(client.query('select 1')).rejects.toThrow('not queryable');
    });

    it('by the socket is an error of the query and of the client', async () => {
      const client = new Client({ ...database });
      await client.connect();
      const failure = once(client, 'error');
      const rejected = expect(client.query('select pg_sleep(5)')).rejects.toThrow('Connection terminated unexpectedly');
      setTimeout(() => (client.connection.stream as unknown as { destroy(): void }).destroy(), 20);
      await rejected;
      expect((await failure)[0]).toMatchObject({ message: 'Connection terminated unexpectedly' });
    });
  });

  describe('a failed connect', () => {
    it('keeps the code of node', async () => {
      await expect(new Client({ host: '127.0.0.1', port: 1 }).connect()).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
      const pool = new Pool({ host: '127.0.0.1', port: 1 });
      await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await pool.end();
    });

    it('keeps the error of the server', async () => {
      const nowhere = { host: database.host, port: database.port, user: database.user, database: 'nowhere' };
      await expect(new Client(nowhere).connect()).rejects.toMatchObject({ code: '3D000' });
    });
  });

  describe('a pool', () => {
    let pool: pg.Pool;
    beforeEach(() => {
      pool = new Pool({ ...database, max: 2 });
    });
    afterEach(() => (pool.ending ? undefined : pool.end()));

    it('emits its events synchronously and in order', async () => {
      const events: string[] = [];
      for (const name of ['connect', 'acquire', 'remove'] as const) pool.on(name, () => events.push(name));
      pool.on('release', (error) => events.push(`release ${error}`));
      await pool.query('select 1');
      const removed = once(pool, 'remove');
      await pool.query('select 1 / 0').catch(() => events.push('error'));
      await removed;
      expect(events).toEqual([
        'connect',
        'acquire',
        'release null',
        'acquire',
        expect.stringContaining('division by zero'),
        'error',
        'remove',
      ]);
    });

    it('runs what a connect listener queues first', async () => {
      pool.on('connect', (client) => void client.query("set application_name = 'listener'"));
      const { rows } = await pool.query('show application_name');
      expect(rows).toEqual([{ application_name: 'listener' }]);
    });

    it('checks out by promise and by callback, one object for a connection', async () => {
      const first = await pool.connect();
      const found = new WeakSet([first]);
      first.release();
      const [client, done] = await new Promise<[pg.PoolClient, () => void]>((resolve, reject) => {
        const returned: unknown = pool.connect((error, checkedOut, release) =>
          error ? reject(error) : resolve([checkedOut!, release]),
        );
        expect(returned).toBeUndefined();
      });
      expect(found.has(client)).toBe(true);
      expect(client).toBeInstanceOf(Client);
      expect((await client.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
      done();
      expect(() => client.release()).toThrow('Release called on client which has already been released to the pool.');
    });

    it('counts', async () => {
      const clients = [await pool.connect(), await pool.connect()];
      const waiting = pool.query('select 1');
      expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([2, 0, 1]);
      for (const client of clients) client.release();
      await waiting;
      expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([2, 2, 0]);
    });

    it('removes a client that is released with an error, and goes on', async () => {
      const client = await pool.connect();
      const removed = once(pool, 'remove');
      client.release(new Error('broken'));
      expect((await removed)[0]).toBe(client);
      expect((await pool.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    });

    it('takes the forms of query', async () => {
      expect((await pool.query('select $1::int as a', [1])).rows).toEqual([{ a: 1 }]);
      const text = { text: 'select $1::int as a', values: [2], rowMode: 'array' as const };
      expect((await pool.query(text)).rows).toEqual([[2]]);
      const rows = await new Promise((resolve, reject) => {
        const returned: unknown = pool.query('select 3 as a', (error: Error, result: pg.QueryResult) =>
          error ? reject(error) : resolve([returned, result.rows]),
        );
      });
      expect(rows).toEqual([undefined, [{ a: 3 }]]);
      await expect(Reflect.apply(pool.query, pool, [() => {}])).toBeUndefined();
      await expect(Reflect.apply(pool.query, pool, [null])).rejects.toThrow('null or undefined query');
    });

    it('takes a submittable with its callback', async () => {
      const query = new pg.Query('select 4 as a');
      const result = (await pool.query(query)) as unknown as pg.QueryResult;
      expect(result.rows).toEqual([{ a: 4 }]);
    });

    it('ends once', async () => {
      await pool.query('select 1');
      await pool.end();
      expect([pool.ending, pool.ended, pool.totalCount]).toEqual([true, true, 0]);
      await expect(pool.end()).rejects.toThrow('Called end on pool more than once');
      await expect(pool.query('select 1')).rejects.toThrow('Cannot use a pool after calling end on the pool');
      const byCallback = new Pool({ ...database });
      await new Promise<void>((resolve) => byCallback.end(resolve));
      const twice = await new Promise((resolve) => byCallback.end(resolve as () => void));
      expect(twice).toMatchObject({ message: 'Called end on pool more than once' });
    });

    it('emits the error of an idle client, with the client', async () => {
      const client = await pool.connect();
      const { processID } = client as unknown as { processID: number };
      client.release();
      const failed = once(pool as EventEmitter, 'error').catch((error: unknown) => [error]);
      const other = new pg.Client({ ...database });
      await other.connect();
      await other.query('select pg_terminate_backend($1)', [processID]);
      await other.end();
      expect((await failed)[0]).toMatchObject({ code: '57P01', client });
      expect((await pool.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
    });

    it('times out a query and drops its connection', async () => {
      const hasty = new Pool({ ...database, max: 1, query_timeout: 50 });
      await expect(hasty.query('select pg_sleep(5)')).rejects.toThrow('Query read timeout');
      const patient = { text: 'select 1 as a', query_timeout: 60_000 };
      expect((await hasty.query(patient)).rows).toEqual([{ a: 1 }]);
      await hasty.end();
    });

    it('lets subclasses and users replace its methods', async () => {
      const seen: unknown[] = [];
      class Auditing extends Client {
        // biome-ignore lint/suspicious/noExplicitAny: any of the forms of query
        override query(...args: any[]): any {
          seen.push(args[0]);
          return Reflect.apply(super.query, this, args);
        }
      }
      const auditing = new Pool({ ...database, Client: Auditing });
      await auditing.query('select 1 as a');
      expect(seen).toEqual(['select 1 as a']);
      const client = await auditing.connect();
      Object.assign(client, { $ctx: { marked: true }, __knexUid: 'u' });
      client.release();
      const again = await auditing.connect();
      expect(again).toMatchObject({ $ctx: { marked: true }, __knexUid: 'u' });
      again.release();
      await auditing.end();
    });

    it('gives the onConnect hook a client that is ready', async () => {
      const hooked = new Pool({
        ...database,
        onConnect: async (client: pg.ClientBase) => void (await client.query("set application_name = 'hook'")),
      });
      expect((await hooked.query('show application_name')).rows).toEqual([{ application_name: 'hook' }]);
      await hooked.end();
    });
  });
});
