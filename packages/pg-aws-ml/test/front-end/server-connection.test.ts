import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PipelinedConnection } from '../../src/server/pipelined-connection.js';
import type { ProtocolConnection } from '../../src/server/protocol-connection.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

let database: DatabaseAddress;
let client: pg.Client;
let server: PipelinedConnection;
const connectionOf = (of: pg.Client) => of.connection as unknown as ProtocolConnection & { stream: WritableSpy };
interface WritableSpy {
  _writev: (...args: unknown[]) => void;
  bytesWritten: number;
}

beforeEach(async () => {
  database ??= await createTestDatabase();
  client = new pg.Client({ ...database });
  await client.connect();
  server = new PipelinedConnection(connectionOf(client), 'I');
});
afterEach(async () => {
  server.release();
  await client.end();
});

it('describes, runs, and fetches in the order of the calls', async () => {
  const [description, result, fields, first, second, rest, closed] = await Promise.all([
    server.describe('select $1::int8 + 1 as a, $2::text as b'),
    server.run('select $1::int + 1 as a', { values: ['41'] }),
    server.openPortal('p', 'select g from generate_series(1, 5) g'),
    server.fetch('p', 2),
    server.fetch('p', 2),
    server.fetch('p', 2),
    server.closePortal('p'),
    server.sync(),
  ]);
  expect(description.parameterTypes).toEqual([20, 25]);
  expect(description.fields?.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
    ['a', 20],
    ['b', 25],
  ]);
  expect(result).toMatchObject({ rows: [['42']], commandTag: 'SELECT 1' });
  expect(fields?.map(({ name }) => name)).toEqual(['g']);
  expect(first).toEqual({ rows: [['1'], ['2']], done: false, commandTag: '' });
  expect(second).toEqual({ rows: [['3'], ['4']], done: false, commandTag: '' });
  expect(rest).toEqual({ rows: [['5']], done: true, commandTag: 'SELECT 1' });
  expect(closed).toBeUndefined();
});

it('binds text, binary and NULL, and the types given', async () => {
  const { rows } = await server.run('select $1, encode($2, $3), $4::int is null', {
    values: ['x', Buffer.from([0, 255]), 'hex', null],
    types: [25, 17, 25, 0],
  });
  expect(rows).toEqual([['x', '00ff', 't']]);
});

it('describes a statement without rows', async () => {
  expect((await server.describe('create table nothing (a int)')).fields).toBeNull();
  expect(await server.run('')).toEqual({ fields: null, rows: [], commandTag: '' });
});

it('sends the calls of one tick in one write', async () => {
  const { stream } = connectionOf(client);
  let writes = 0;
  const writev = stream._writev;
  stream._writev = function (...args) {
    writes++;
    return writev.apply(this, args);
  };
  await Promise.all([server.run('select 1'), server.run('select 2'), server.sync()]);
  expect(writes).toBe(1);
});

it('closes a portal with the next request, and not at all after an error', async () => {
  const portals = 'select name from pg_cursors order by 1';
  await Promise.all([server.openPortal('p', 'select 1'), server.openPortal('q', 'select 2')]);
  const { bytesWritten } = connectionOf(client).stream;
  server.closePortalWithNext('p');
  await new Promise((resolve) => setImmediate(resolve));
  expect(connectionOf(client).stream.bytesWritten).toBe(bytesWritten);
  expect((await server.run(portals)).rows.flat()).not.toContain('p');
  await expect(server.run('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
  server.closePortalWithNext('q');
  expect(await server.sync()).toBe('I');
  expect((await server.run('select 3')).rows).toEqual([['3']]);
});

it('parses the same text and types once', async () => {
  const parsed: unknown[] = [];
  const connection = connectionOf(client);
  const parse = connection.parse;
  connection.parse = function (message) {
    parsed.push(message.text);
    return parse.call(this, message);
  };
  await server.describe('select $1::int');
  await server.run('select $1::int', { values: ['1'] });
  await server.run('select $1::int', { values: ['2'] });
  await server.run('select $1::int', { values: ['2'], types: [23] });
  expect(parsed).toEqual(['select $1::int', 'select $1::int']);
  await server.sync();
  await server.run('select $1::int', { values: ['2'], types: [23] });
  expect(parsed).toHaveLength(3);
});

describe('an error', () => {
  it('rejects everything up to the sync, and nothing after it', async () => {
    const calls = [
      server.run('create temp table kept (a int)'),
      server.run('select 1 / 0'),
      server.run('select 1'),
      server.describe('select 2'),
    ];
    const synced = server.sync();
    const after = server.run("select to_regclass('kept')");
    const settled = await Promise.allSettled(calls);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(settled[2]).toMatchObject({ reason: { code: '22012' } });
    expect(settled[1]).toMatchObject({ reason: expect.any(pg.DatabaseError) });
    expect(await synced).toBe('I');
    expect((await after).rows).toEqual([[null]]);
  });

  it('rejects calls made after it without sending them', async () => {
    await expect(server.run('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    const before = connectionOf(client).stream.bytesWritten;
    await expect(server.run('select 1')).rejects.toMatchObject({ code: '22012' });
    expect(connectionOf(client).stream.bytesWritten).toBe(before);
    expect(server.synced).toBe(false);
    await server.sync();
    expect(server.synced).toBe(true);
    expect((await server.run('select 1')).rows).toEqual([['1']]);
  });

  it('of the commit rejects the sync', async () => {
    await server.simple(`create table parent (id int primary key);
      create table child (id int references parent deferrable initially deferred)`);
    await server.run('insert into child values (1)');
    await expect(server.sync()).rejects.toMatchObject({ code: '23503' });
    expect(server.transactionStatus).toBe('I');
    expect((await server.run('select count(*) from child')).rows).toEqual([['0']]);
  });

  it('in a value that cannot be sent rejects that call alone', async () => {
    const bad = server.run('select $1::text', { values: [Symbol('x') as unknown as string] });
    await expect(bad).rejects.toBeInstanceOf(TypeError);
    expect((await server.run('select 1')).rows).toEqual([['1']]);
    expect(await server.sync()).toBe('I');
  });
});

it('follows the transaction', async () => {
  await server.run('begin');
  expect(server.transactionStatus).toBe('I');
  expect(await server.sync()).toBe('T');
  await expect(server.run('nonsense')).rejects.toMatchObject({ code: '42601' });
  expect(await server.sync()).toBe('E');
  expect(await server.simple('rollback')).toMatchObject([{ commandTag: 'ROLLBACK' }]);
  expect(server.transactionStatus).toBe('I');
});

it('gives the results of a script in order', async () => {
  const results = await server.simple(
    "select 1 as a; create temp table s (a int); insert into s values (1), (2); ; select 'x'",
  );
  expect(results).toMatchObject([
    { rows: [['1']], commandTag: 'SELECT 1' },
    { rows: [], commandTag: 'CREATE TABLE', fields: null },
    { rows: [], commandTag: 'INSERT 0 2', fields: null },
    { rows: [['x']], commandTag: 'SELECT 1' },
  ]);
  await expect(server.simple('select 1; select 1 / 0')).rejects.toMatchObject({ code: '22012' });
});

describe('a server that is held open', () => {
  const copy = 'COPY nowhere FROM STDIN WHERE false';
  let other: pg.Client;
  let pid: string;
  const cancel = () => other.query('SELECT pg_cancel_backend($1)', [pid]);
  const waits = () =>
    expect
      .poll(async () => {
        const { rows } = await other.query('SELECT wait_event, query FROM pg_stat_activity WHERE pid = $1', [pid]);
        return rows[0];
      })
      .toEqual({ wait_event: 'ClientRead', query: copy });

  beforeEach(async () => {
    other = new pg.Client({ ...database });
    await other.connect();
    await other.query('CREATE TABLE IF NOT EXISTS nowhere (CONSTRAINT takes_no_rows CHECK (false))');
    pid = (await server.run('SELECT pg_backend_pid()')).rows[0]?.[0] ?? '';
  });
  afterEach(() => other.end());

  it('answers at once, between its portals, and waits again', async () => {
    await server.openPortal('p', 'SELECT g FROM generate_series(1, 5) g');
    const hold = server.hold(copy);
    await waits();
    hold.look();
    hold.look();
    expect((await server.fetch('p', 2)).rows).toEqual([['1'], ['2']]);
    await waits();
    hold.end();
    const another = server.hold(copy);
    await waits();
    another.end();
    server.closePortalWithNext('q');
    expect((await server.fetch('p', 2)).rows).toEqual([['3'], ['4']]);
    expect(await server.sync()).toBe('I');
    expect(server.synced).toBe(true);
  });

  it('keeps a cancel until it looks, however late', async () => {
    const hold = server.hold(copy);
    await waits();
    await server.run('SELECT 1');
    await waits();
    await cancel();
    await other.query('SELECT pg_sleep(0.3)');
    hold.look();
    await expect(hold.broken).rejects.toMatchObject({ code: '57014' });
    await expect(server.run('SELECT 1')).rejects.toMatchObject({ code: '57014' });
    hold.end();
    await server.sync();
    expect((await server.run('SELECT 1')).rows).toEqual([['1']]);
    await server.sync();
  });

  it('ends with the statement that finds the cancel, or the failure', async () => {
    const hold = server.hold(copy);
    await waits();
    await cancel();
    await expect(server.run('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
    await expect(hold.broken).rejects.toMatchObject({ code: '57014' });
    await server.sync();
    const another = server.hold(copy);
    await waits();
    await expect(server.run('SELECT 1 / 0')).rejects.toMatchObject({ code: '22012' });
    another.end();
    await server.sync();
    expect((await server.run('SELECT 1')).rows).toEqual([['1']]);
    await server.sync();
  });
});

it('refuses COPY rather than lose its rows', async () => {
  await expect(server.run('copy (select 1) to stdout')).rejects.toMatchObject({ code: '0A000' });
  await server.sync();
  await expect(server.simple('create temp table c (a int); copy c from stdin')).rejects.toMatchObject({
    code: '57014',
  });
  expect((await server.run('select 1')).rows).toEqual([['1']]);
});

it('keeps its traffic from the client, except the notices that nobody takes', async () => {
  const seen: (string | undefined)[] = [];
  client.on('notice', ({ message }) => seen.push(message));
  const rows: unknown[] = [];
  client.connection.on('dataRow', (row) => rows.push(row));
  const taken: (string | undefined)[] = [];
  server.filterNotices(({ message }) => message === 'ours' && taken.push(message) > 0);
  await server.run(`do $$ begin raise notice 'ours'; raise notice 'theirs'; end $$`);
  server.filterNotices(undefined);
  await server.run(`do $$ begin raise notice 'ours'; end $$`);
  await server.run('select 1');
  await server.sync();
  expect(taken).toEqual(['ours']);
  expect(seen).toEqual(['theirs', 'ours']);
  expect(rows).toEqual([]);
});

it('leaves no trace on the connection once released', async () => {
  await server.run('select 1');
  await server.sync();
  server.release();
  expect(Object.hasOwn(client.connection, 'emit')).toBe(false);
  expect((await client.query('select 3 as a')).rows).toEqual([{ a: 3 }]);
});

describe('a lost connection', () => {
  it('rejects what is pending and what comes, with the reason of the server', async () => {
    const lost: unknown[] = [];
    server.release();
    server = new PipelinedConnection(connectionOf(client), 'I', (error) => lost.push(error));
    client.on('error', () => {});
    const ended = new Promise((resolve) => client.once('end', resolve));
    const pid = (await server.run('select pg_backend_pid()')).rows[0]?.[0];
    const sleeping = server.run('select pg_sleep(60)');
    sleeping.catch(() => {});
    const other = new pg.Client({ ...database });
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [pid]);
    await other.end();
    await expect(sleeping).rejects.toMatchObject({ code: '57P01' });
    await ended;
    await expect(server.run('select 1')).rejects.toMatchObject({ code: '57P01' });
    await expect(server.sync()).rejects.toMatchObject({ code: '57P01' });
    expect(lost).toMatchObject([{ code: '57P01' }]);
  });

  it('rejects when the socket is cut', async () => {
    client.on('error', () => {});
    const sleeping = server.run('select pg_sleep(60)');
    (client.connection.stream as unknown as { destroy(): void }).destroy();
    await expect(sleeping).rejects.toThrow('Connection terminated unexpectedly');
  });
});
