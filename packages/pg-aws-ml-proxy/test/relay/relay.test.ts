import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientSession, FrameInterceptor, RunningProxy } from '../../src/index.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { proxied } from '../support/proxied.js';
import { hasPsql, psql } from '../support/psql.js';

let direct: DatabaseAddress;
let proxy: RunningProxy;
let through: DatabaseAddress;

beforeAll(async () => {
  direct = await createTestDatabase();
  ({ proxy, through } = await proxied(direct));
});
afterAll(() => proxy.close());

async function withClient<T>(address: DatabaseAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('a client through the proxy', () => {
  it('queries with parameters, in transactions, and gets the errors of the server', async () => {
    await withClient(through, async (client) => {
      const { rows } = await client.query('SELECT $1::int + 1 AS n, $2::text AS t', [41, 'ä']);
      expect(rows).toEqual([{ n: 42, t: 'ä' }]);
      await client.query('BEGIN');
      await expect(client.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' });
      await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('ROLLBACK');
    });
  });

  it('gets values of megabytes, and sends them', async () => {
    const value = 'x'.repeat(1_000_000);
    const sum = async (address: DatabaseAddress) =>
      withClient(address, async (client) => {
        const sql = "SELECT $1::text AS same, md5($1) AS sum, repeat('y', 3000000) AS long FROM generate_series(1, 3)";
        return (await client.query(sql, [value])).rows;
      });
    expect(await sum(through)).toEqual(await sum(direct));
  });

  it.skipIf(!hasPsql)('is psql', async () => {
    const sql = "SET application_name = 'a'; SELECT current_setting('application_name'), 1 + 1";
    const { host, port, user, database } = through;
    expect(await psql({ host, port, user, dbname: database }, sql)).toBe('SET\na|2');
  });

  it('is gone from the proxy and from the server when it has left', async () => {
    const pid = await withClient(through, async (client) => {
      expect(proxy.sessions.size).toBe(1);
      return (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
    });
    await withClient(direct, async (client) => {
      const running = async () =>
        (await client.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1', [pid])).rows[0].n;
      await expect.poll(running, { timeout: 60_000 }).toBe(0);
    });
    await expect.poll(() => proxy.sessions.size, { timeout: 60_000 }).toBe(0);
  });
});

/** Answers a Query `ours` by itself, after a while, and counts what it has seen. */
class Answering implements FrameInterceptor {
  readonly wantsAll = false;
  wantsServer = false;
  readonly seen: string[] = [];
  ended = false;

  constructor(readonly session: ClientSession) {}

  fromClient(type: number, frame: Buffer): boolean {
    const text = frame.toString('utf8', 5, frame.length - 1);
    this.seen.push(`${String.fromCharCode(type)} ${text}`);
    if (text !== 'ours') return false;
    this.session.pauseClient();
    setImmediate(() => {
      this.wantsServer = true;
      void this.session.writeToServer(query("SELECT 'asked'"));
    });
    return true;
  }

  fromServer(type: number, frame: Buffer): boolean {
    this.seen.push(String.fromCharCode(type));
    if (type === 0x5a) {
      this.wantsServer = false;
      this.session.resumeClient();
    }
    return type !== 0x5a && type !== 0x43 && frame.length > 0;
  }

  onReady(status: string): void {
    this.seen.push(`ready ${status}`);
  }

  onParameter(name: string, value: string): void {
    this.seen.push(`${name}=${value}`);
  }

  onError(): boolean {
    this.seen.push('error');
    return false;
  }

  closed(): void {
    this.ended = true;
  }
}

function query(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const frame = Buffer.alloc(5 + body.length);
  frame.write('Q');
  frame.writeUInt32BE(4 + body.length, 1);
  body.copy(frame, 5);
  return frame;
}

describe('an interceptor', () => {
  it('sees Query and Parse, takes one and answers it, and is told what happens', async () => {
    const made: Answering[] = [];
    const intercepted = await proxied(
      direct,
      {},
      {
        intercept: (session) => {
          made.push(new Answering(session));
          return made[0];
        },
      },
    );
    await withClient(intercepted.through, async (client) => {
      await client.query('SELECT 1');
      const both = Promise.all([client.query('ours'), client.query('BEGIN')]);
      expect((await both)[0]).toMatchObject({ command: 'SELECT', rowCount: 1, rows: [] });
      await expect(client.query('SELECT 1/0')).rejects.toThrow('division');
      await client.query('ROLLBACK');
      await client.query("SET application_name = 'b'");
      expect(intercepted.proxy.sessions.size).toBe(1);
      for (const { parameters, startup, status, backendKey } of intercepted.proxy.sessions) {
        expect(parameters.get('application_name')).toBe('b');
        expect(startup.get('database')).toBe(direct.database);
        expect(status).toBe('I');
        expect(backendKey).toHaveLength(8);
      }
    });
    await expect.poll(() => made[0]?.ended, { timeout: 60_000 }).toBe(true);
    expect(made[0]?.seen).toEqual([
      ...['Q SELECT 1', 'ready I', 'Q ours', 'T', 'D', 'C', 'ready I', 'Z', 'Q BEGIN', 'ready T'],
      ...['Q SELECT 1/0', 'error', 'ready E', 'Q ROLLBACK', 'ready I'],
      ...["Q SET application_name = 'b'", 'application_name=b', 'ready I'],
    ]);
    await intercepted.proxy.close();
  });
});
