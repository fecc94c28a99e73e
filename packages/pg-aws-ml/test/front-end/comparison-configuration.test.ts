import { once } from 'node:events';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { subjects } from './subjects.js';

/** What pg's clients have beyond the types of @types/pg. */
interface WholeClient extends pg.Client {
  readonly [property: string]: unknown;
  ref(): void;
  unref(): void;
  cancel(target: pg.Client, query: pg.Query): void;
}

let database: DatabaseAddress;
beforeAll(async () => {
  database = await createTestDatabase();
});

describe.each(subjects)('%s', (_name, { Client, Pool }) => {
  async function withPool<T>(config: object, run: (pool: pg.Pool) => Promise<T>): Promise<T> {
    const pool = new Pool({ ...database, ...config });
    try {
      return await run(pool);
    } finally {
      await pool.end();
    }
  }

  describe('a pool', () => {
    it('tolerates options that it does not know, and keeps all of them', () =>
      withPool({ schema: 'jobs', max: 3 }, async (pool) => {
        expect(pool.options).toMatchObject({ schema: 'jobs', max: 3 });
        expect((await pool.query('select 1 as a')).rows).toEqual([{ a: 1 }]);
      }));

    it.each([
      ['application_name', 'our name'],
      ['statement_timeout', 4321, '4321ms'],
      ['lock_timeout', 4321, '4321ms'],
      ['idle_in_transaction_session_timeout', 4321, '4321ms'],
    ])('sends %s to the server', (name, value, shown = String(value)) =>
      withPool({ [name]: value }, async (pool) => {
        expect((await pool.query(`show ${name}`)).rows).toEqual([{ [name]: shown }]);
      }),
    );

    it('takes a connection string with options', () =>
      withPool(
        { connectionString: `${database.connectionString}?options=-csearch_path%3Dpg_catalog` },
        async (pool) => {
          expect((await pool.query('show search_path')).rows).toEqual([{ search_path: 'pg_catalog' }]);
        },
      ));

    it('drops idle clients in time', () =>
      withPool({ idleTimeoutMillis: 20 }, async (pool) => {
        const removed = once(pool, 'remove');
        await pool.query('select 1');
        await removed;
        expect(pool.totalCount).toBe(0);
      }));

    it('drops clients after so many uses', () =>
      withPool({ maxUses: 2, max: 1 }, async (pool) => {
        const pids: number[] = [];
        for (let turn = 0; turn < 4; turn++) {
          pids.push((await pool.query('select pg_backend_pid() as pid')).rows[0].pid);
        }
        expect([pids[0] === pids[1], pids[1] === pids[2], pids[2] === pids[3]]).toEqual([true, false, true]);
      }));

    it('counts clients that have lived too long', () =>
      withPool({ maxLifetimeSeconds: 0.05, max: 1 }, async (pool) => {
        const client = await pool.connect();
        await new Promise((resolve) => setTimeout(resolve, 120));
        expect(pool.expiredCount).toBe(1);
        client.release();
        expect(pool.totalCount).toBe(0);
      }));

    it('lets nobody wait for a client for ever', () =>
      withPool({ connectionTimeoutMillis: 1_500, max: 1 }, async (pool) => {
        const client = await pool.connect();
        await expect(pool.query('select 1')).rejects.toThrow('timeout exceeded when trying to connect');
        client.release();
      }));

    it('verifies new clients and writes its log', async () => {
      const seen: string[] = [];
      const verify = (client: pg.PoolClient, done: (error?: Error) => void) => {
        client.query("select 'verified' as a", (error: Error, { rows }: pg.QueryResult) => {
          seen.push(rows[0].a);
          done(error);
        });
      };
      const log = (message: unknown) => void seen.push(typeof message);
      await withPool({ verify, log }, (pool) => pool.query('select 1'));
      expect(seen).toContain('verified');
      expect(seen).toContain('string');
    });

    it('makes promises of the class it is given', () => {
      class Ours<T> extends Promise<T> {}
      return withPool({ Promise: Ours }, async (pool) => {
        const connecting = pool.connect();
        expect(connecting).toBeInstanceOf(Ours);
        (await connecting).release();
      });
    });

    it('parses by the types of its options', () => {
      const types = { getTypeParser: () => (value: string) => `pool ${value}` };
      return withPool({ types }, async (pool) => {
        expect((await pool.query('select 1 as a')).rows).toEqual([{ a: 'pool 1' }]);
        expect((await pool.query('select $1::int as a', [2])).rows).toEqual([{ a: 'pool 2' }]);
      });
    });
  });

  describe('a client', () => {
    async function withClient<T>(run: (client: WholeClient) => Promise<T>): Promise<T> {
      const client = new Client(database.connectionString) as unknown as WholeClient;
      await client.connect();
      try {
        return await run(client);
      } finally {
        await client.end();
      }
    }

    it('shows where it is connected', () =>
      withClient(async (client) => {
        const { host, port, user, database: name } = database;
        expect(client).toMatchObject({ host, port, user, database: name, ssl: false });
        expect(client.connectionParameters).toMatchObject({ host, port, user, database: name });
        const { rows } = await client.query('select pg_backend_pid() as pid');
        expect(client.processID).toBe(rows[0].pid);
        expect(client.secretKey).toBeTypeOf('number');
        expect([client._ending, client._queryable]).toEqual([false, true]);
      }));

    it('hears of parameters of the server', () =>
      withClient(async (client) => {
        const changes: unknown[] = [];
        client.connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) => {
          changes.push([message.parameterName, message.parameterValue]);
        });
        await client.query("set application_name = 'changed'");
        expect(changes).toEqual([['application_name', 'changed']]);
      }));

    it('connects once', () =>
      withClient(async (client) => {
        await expect(client.connect()).rejects.toThrow('Client has already been connected');
        client.unref();
        client.ref();
      }));

    it('sends values as pg prepares them', () =>
      withClient(async (client) => {
        const custom = { toPostgres: (prepare: (value: unknown) => unknown) => prepare([1, 'x']) };
        const values = [new Date(0), [1, null, 'a"b'], { a: [1] }, 12345678901234567890n, custom, true, undefined, 1.5];
        const text = `select ${values.map((_, index) => `$${index + 1}::text as v${index}`).join(', ')}`;
        const { rows } = await client.query(text, values);
        const zone = /^(1969-12-31|1970-01-01)T\d\d:00:00\.000[+-]\d\d:\d\d$/;
        expect(rows[0]).toEqual({
          v0: expect.stringMatching(zone),
          v1: '{"1",NULL,"a\\"b"}',
          v2: '{"a":[1]}',
          v3: '12345678901234567890',
          v4: '{"1","x"}',
          v5: 'true',
          v6: null,
          v7: '1.5',
        });
        const bytes = await client.query('select $1::bytea as a, $2::bytea as b', [
          Buffer.from([0, 255]),
          Uint8Array.of(7),
        ]);
        expect(bytes.rows).toEqual([{ a: Buffer.from([0, 255]), b: Buffer.from([7]) }]);
      }));

    it('gives results and errors the properties that pg gives them', () =>
      withClient(async (client) => {
        const result = await client.query('select 1 as a');
        expect(Object.keys(result).sort()).toEqual(Object.keys(new pg.Result(null as never, null as never)).sort());
        Object.assign(result, { duration: 1 });
        const error = await client.query('select nonsense').catch((reason: Error) => reason);
        const names =
          'length name severity code detail hint position internalPosition internalQuery where schema table';
        const more = 'column dataType constraint file line routine';
        expect(Object.keys(error).sort()).toEqual(`${names} ${more}`.split(' ').sort());
        Object.assign(error, { message: 'changed', stack: 'changed', sql: 'select', parameters: [] });
        expect(error).toMatchObject({ message: 'changed', stack: 'changed' });
      }));

    it('cancels a query that waits or runs', () =>
      withClient(async (client) => {
        const running = new pg.Query('select pg_sleep(20)');
        const waiting = new pg.Query('select 1');
        const failed = once(running, 'error').catch((error: unknown) => [error]);
        let calls = 0;
        waiting.on('end', () => calls++);
        client.query(running);
        client.query(waiting);
        client.cancel(client, waiting);
        await new Promise((resolve) => setTimeout(resolve, 100));
        (new Client({ ...database }) as unknown as WholeClient).cancel(client, running);
        expect((await failed)[0]).toMatchObject({ code: '57014' });
        expect((await client.query('select 2 as a')).rows).toEqual([{ a: 2 }]);
        expect(calls).toBe(0);
      }));
  });
});
