import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterceptingClient } from '../../src/front-ends/pg/client.js';
import type { AwsMlState } from '../../src/front-ends/pg/interceptor.js';
import * as pgAwsMl from '../../src/index.js';
import type { StatementRunner } from '../../src/server/statement.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

/** A client whose statements with the word `ours` are run by `run`. */
function clientWith(run: StatementRunner): pg.Client {
  class Client extends InterceptingClient {
    protected override createState(): AwsMlState {
      const createInterceptor = () => ({ concerns: (text: string) => text.includes('ours'), run });
      return { createInterceptor, stats: () => [], cacheTable: () => undefined, resetStats() {}, close() {} };
    }
  }
  return new Client({ ...database });
}

/** Waits as for a service, with the statement's transaction open and nothing running on the server. */
const waitForever: StatementRunner = async (connection, _statement, _sink, signal) => {
  await connection.run('select 1');
  waiting.resolve();
  await once(signal, 'abort');
  aborted = signal.reason;
  await connection.sync();
  throw new Error('aborted');
};

let database: DatabaseAddress;
let waiting: PromiseWithResolvers;
let aborted: unknown;
let client: pg.Client;
interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve(): void;
}

beforeEach(async () => {
  database ??= await createTestDatabase();
  let resolve = () => {};
  const promise = new Promise<void>((whenWaiting) => {
    resolve = whenWaiting;
  });
  waiting = { promise, resolve };
  aborted = 'not aborted';
  client = clientWith(waitForever);
  client.on('error', () => {});
  await client.connect();
});
afterEach(() => client.end());

async function expectUsable(): Promise<void> {
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(client.getTransactionStatus()).toBe('I');
}

describe('while the engine waits outside the server', () => {
  it('a cancel ends the statement with the error of the server', async () => {
    const query = new pg.Query('select ours', () => {});
    const failed = new Promise((_resolve, reject) => Object.assign(query, { callback: reject }));
    client.query(query);
    await waiting.promise;
    const canceller = clientWith(waitForever) as unknown as { cancel(target: pg.Client, query: pg.Query): void };
    canceller.cancel(client, query);
    await expect(failed).rejects.toMatchObject({
      code: '57014',
      message: 'canceling statement due to user request',
      severity: 'ERROR',
    });
    expect(aborted).not.toBe('not aborted');
    await expectUsable();
  });

  it('a cancel fails the transaction block', async () => {
    await client.query('begin');
    const query = new pg.Query('select ours', () => {});
    const failed = new Promise((resolve) => Object.assign(query, { callback: resolve }));
    client.query(query);
    await waiting.promise;
    const canceller = clientWith(waitForever) as unknown as { cancel(target: pg.Client, query: pg.Query): void };
    canceller.cancel(client, query);
    expect(await failed).toMatchObject({ code: '57014' });
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
  });

  it('a timeout of the query aborts it', async () => {
    const config = { text: 'select ours', query_timeout: 50 };
    await expect(client.query(config)).rejects.toThrow('Query read timeout');
    await expectUsable();
    expect(aborted).toMatchObject({ message: 'Query read timeout' });
  });

  it('a cancel of a waiting statement takes it from the queue', async () => {
    const blocking = client.query('select pg_sleep(0.1)');
    const query = new pg.Query('select ours', () => {});
    client.query(query);
    const canceller = clientWith(waitForever) as unknown as { cancel(target: pg.Client, query: pg.Query): void };
    canceller.cancel(client, query);
    await blocking;
    await expectUsable();
    expect(aborted).toBe('not aborted');
  });

  it('the end of the connection by the server is reported as the server does', async () => {
    const rejected = expect(client.query('select ours')).rejects.toMatchObject({ code: '57P01' });
    await waiting.promise;
    const other = new pg.Client({ ...database });
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [(client as unknown as { processID: number }).processID]);
    await other.end();
    await rejected;
    expect(aborted).toMatchObject({ code: '57P01' });
  });

  it('the end of the client aborts it', async () => {
    const rejected = expect(client.query('select ours')).rejects.toThrow('Connection terminated');
    await waiting.promise;
    await client.end();
    await rejected;
    expect(aborted).toBeInstanceOf(Error);
  });

  it('the destruction of a stream aborts it before its first row', async () => {
    const stream = client.query(new QueryStream('select ours'));
    await waiting.promise;
    stream.destroy();
    await once(stream, 'close');
    await expectUsable();
  });
});

describe('whatever the engine leaves undone', () => {
  const use = async (run: StatementRunner) => {
    await client.end();
    client = clientWith(run);
    await client.connect();
  };

  it('the next statement finds the connection ready', async () => {
    await use(async (connection, _statement, sink) => {
      await connection.run('create temp table kept (a int)');
      sink.commandComplete('DONE');
      return 'answered';
    });
    expect(await client.query('ours')).toMatchObject({ command: 'DONE' });
    await expectUsable();
    expect((await client.query("select to_regclass('kept') as t")).rows).toEqual([{ t: 'kept' }]);
  });

  it('a failure of its own is the error of the statement', async () => {
    await use(async (connection) => {
      await connection.run('create temp table gone (a int)');
      await connection.run('select 1 / 0').catch(() => {});
      throw new TypeError('a defect');
    });
    await expect(client.query('ours', [1])).rejects.toThrow(new TypeError('a defect'));
    await expectUsable();
    expect((await client.query("select to_regclass('gone') as t")).rows).toEqual([{ t: null }]);
  });

  it('a failure of its own leaves no trace', async () => {
    const writeAndFail: StatementRunner = async (connection) => {
      await connection.run('create temp table gone (a int)');
      throw new TypeError('a defect');
    };
    await use(writeAndFail);
    await expect(client.query('ours')).rejects.toThrow('a defect');
    await expectUsable();
    expect((await client.query("select to_regclass('gone') as t")).rows).toEqual([{ t: null }]);
    await client.query('begin');
    await expect(client.query('ours')).rejects.toThrow('a defect');
    expect(client.getTransactionStatus()).toBe('E');
    await client.query('rollback');
  });

  it('a failure of its own fails the transaction block, though the engine has synced', async () => {
    await use(async (connection) => {
      await connection.sync();
      throw new TypeError('a defect');
    });
    await client.query('begin');
    await expect(client.query('ours')).rejects.toThrow('a defect');
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
  });

  it('an answer without an end is an error, not a result', async () => {
    await use(async (_connection, _statement, sink) => {
      await sink.rows([]);
      return 'answered';
    });
    await expect(client.query('ours')).rejects.toThrow('The statement was answered after a part of its result.');
    await expectUsable();
  });

  it('an exception thrown before its first await is the error of the statement', async () => {
    await use(() => {
      throw new TypeError('a defect');
    });
    await expect(client.query('ours')).rejects.toThrow('a defect');
    await expectUsable();
  });
});

describe('a statement that the engine declines', () => {
  beforeEach(async () => {
    await client.end();
    client = clientWith(async (connection) => {
      await connection.run('select 1');
      return 'pass-through';
    });
    await client.connect();
  });

  it('runs in a cursor as in pg', async () => {
    const cursor = client.query(new Cursor("select g, 'ours' as o from generate_series(1, 5) g"));
    expect(await cursor.read(2)).toHaveLength(2);
    await cursor.close();
    await expectUsable();
  });

  it('runs in a stream as in pg', async () => {
    const stream = client.query(new QueryStream("select g, 'ours' as o from generate_series(1, 250) g"));
    expect(await stream.toArray()).toHaveLength(250);
    await expectUsable();
    const failing = client.query(new QueryStream("select 1 / (3 - g), 'ours' from generate_series(1, 9) g"));
    await expect(failing.toArray()).rejects.toMatchObject({ code: '22012' });
    await expectUsable();
  });

  it('fetches with the `rows` option as in pg', async () => {
    const config = { text: "select g, 'ours' from generate_series(1, 25) g", rows: 4 };
    expect((await client.query(config)).rows).toHaveLength(25);
    await expectUsable();
  });
});

describe('COPY through pg-copy-streams', () => {
  it('of a table goes to the server, though a name in it looks like ours', async () => {
    await client.query("do $$ begin execute 'create table \"our' || 's\" (a int)'; end $$");
    const declining = clientWith(async () => 'pass-through');
    await declining.connect();
    await pipeline(['1\n', '2\n'], declining.query(copyFrom('-- a comment\ncopy "ours" (a) from stdin')));
    await declining.end();
    const copied: Buffer[] = [];
    for await (const chunk of client.query(copyTo('copy "ours" to stdout'))) copied.push(chunk as Buffer);
    expect(Buffer.concat(copied).toString()).toBe('1\n2\n');
    await expectUsable();
  });

  it('of a query is cancelled while it is prepared', async () => {
    const stream = client.query(copyTo('copy (select ours) to stdout'));
    const copied = expect(stream.toArray()).rejects.toMatchObject({ code: '57014' });
    await waiting.promise;
    const canceller = new pgAwsMl.Client({ ...database });
    (canceller as unknown as { cancel(...args: unknown[]): void }).cancel(client, stream);
    await copied;
    await expectUsable();
  });

  it('of a query times out while it is prepared', async () => {
    const copy = { text: 'copy (select ours) to stdout', query_timeout: 50 };
    await expect(client.query(copy)).rejects.toThrow('Query read timeout');
    await expectUsable();
    expect(aborted).not.toBe('not aborted');
  });

  it('of a query ends with the connection while it is prepared', async () => {
    const copied = expect(client.query(copyTo('copy (select ours) to stdout')).toArray()).rejects.toThrow(
      'Connection terminated',
    );
    await waiting.promise;
    (client.connection.stream as unknown as { destroy(): void }).destroy();
    await copied;
  });
});
