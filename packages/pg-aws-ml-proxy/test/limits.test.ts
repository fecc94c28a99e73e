import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ProxyOptions, type RunningProxy, startProxy } from '../src/index.js';
import { bind, execute, FrameClient, parse, query, step, sync } from './support/frame-script.js';
import { createTestDatabase, type DatabaseAddress, startPostgres } from './support/postgres.js';
import { proxied } from './support/proxied.js';

let direct: DatabaseAddress;
beforeAll(async () => {
  direct = await createTestDatabase();
});

async function withProxy(
  options: ProxyOptions,
  work: (through: DatabaseAddress, proxy: RunningProxy) => Promise<void>,
): Promise<void> {
  const { proxy, through } = await proxied(direct, options);
  try {
    await work(through, proxy);
  } finally {
    await proxy.close();
  }
}

const losses = new WeakMap<pg.Client, Promise<unknown>>();
const lossOf = (client: pg.Client): Promise<unknown> | undefined => losses.get(client);

/** A client whose lost connection is no surprise. */
async function connected(address: DatabaseAddress): Promise<pg.Client> {
  const client = new pg.Client({ ...address });
  // What it was, is asked of `lossOf`.
  losses.set(client, new Promise((resolve) => client.on('error', resolve)));
  await client.connect();
  return client;
}

describe('limits', () => {
  it('refuse a client too many, until one has gone', async () => {
    await withProxy({ maxClients: 1 }, async (through, proxy) => {
      const first = await connected(through);
      await expect(connected(through)).rejects.toMatchObject({ code: '53300', severity: 'FATAL' });
      await first.end();
      await expect.poll(() => proxy.sessions.size, { timeout: 60_000 }).toBe(0);
      await (await connected(through)).end();
    });
  });

  it('end a login that takes too long, however far it has come', async () => {
    await withProxy({ loginTimeout: 0.2 }, async ({ port }) => {
      const started = Buffer.from('\0\0\0\x1d\0\x03\0\0user\0nobody at all\0\0', 'latin1');
      for (const bytes of [Buffer.alloc(0), Buffer.from([0, 0]), started.subarray(0, 20)]) {
        const socket = connect(port, '127.0.0.1');
        if (bytes.length > 0) socket.write(bytes);
        const [answer] = await once(socket, 'data');
        expect(String(answer)).toContain('C08006\0');
        socket.destroy();
      }
    });
  });

  it('leave those alone who are in', async () => {
    await withProxy({ loginTimeout: 1 }, async (through) => {
      const client = await connected(through);
      await client.query('SELECT pg_sleep(1.5)');
      await client.end();
    });
  });

  it('refuse options that cannot be meant', async () => {
    for (const [options, problem] of [
      [{ maxClient: 1 }, 'proxy.maxClient is not an option. Did you mean maxClients?'],
      [{ listen: 'here' }, 'listen must be an address'],
      [{ upstream: 'mysql://localhost' }, 'upstream must begin with postgres://'],
      [{ upstream: 'postgres://h?sslmode=no' }, 'upstream has an sslmode that is none of'],
      [{ tlsCert: 'x' }, 'tlsCert and tlsKey must be given together'],
    ] as [ProxyOptions, string][]) {
      await expect(startProxy({ listen: '0', ...options })).rejects.toThrow(problem);
    }
  });
});

describe('a server that cannot be reached', () => {
  it('is 08001', async () => {
    await withProxy({ upstream: 'postgres://127.0.0.1:1' }, async (through) => {
      await expect(connected(through)).rejects.toMatchObject({ code: '08001', severity: 'FATAL' });
    });
  });

  it('or does not answer is 08001', async () => {
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await withProxy({ upstream: `postgres://127.0.0.1:${port}`, upstreamTimeout: 0.2 }, async (through) => {
      await expect(connected(through)).rejects.toMatchObject({ code: '08001' });
    });
    silent.close();
  });

  it('says why it ends its connections, and can be reached again afterwards', async () => {
    const server = await startPostgres();
    const { proxy, through } = await proxied(server);
    const client = await connected(through);
    const admin = await connected(server);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
    expect(await lossOf(client)).toMatchObject({ code: '57P01' });
    await admin.end();
    const again = await connected(through);
    const ended = new Promise<void>((resolve) => again.on('end', resolve));
    await server.stop();
    await ended;
    await expect(connected(through)).rejects.toMatchObject({ code: '08001' });
    await expect.poll(() => proxy.sessions.size, { timeout: 60_000 }).toBe(0);
    await proxy.close();
  });
});

describe('a shutdown', () => {
  it('ends idle clients at once, others after their transaction', async () => {
    await withProxy({}, async (through, proxy) => {
      const waiting = await connected(through);
      const busy = await connected(through);
      const inBlock = await connected(through);
      await inBlock.query('BEGIN');
      const statement = busy.query('SELECT pg_sleep(0.5), 42 AS answer');
      await expect.poll(() => [...proxy.sessions].filter(({ idle }) => idle).length, { timeout: 60_000 }).toBe(1);
      const drained = proxy.drain();
      expect(await lossOf(waiting)).toMatchObject({ code: '57P01' });
      await expect(connected(through)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect((await statement).rows[0].answer).toBe(42);
      expect(await lossOf(busy)).toMatchObject({ code: '57P01' });
      await inBlock.query('SELECT 1');
      await inBlock.query('COMMIT');
      expect(await lossOf(inBlock)).toMatchObject({ code: '57P01' });
      expect(await drained).toBe(0);
    });
  });

  it('waits no longer than it may', async () => {
    await withProxy({ shutdownTimeout: 0.2 }, async (through, proxy) => {
      const client = await connected(through);
      const lost = client.query('SELECT pg_sleep(600)').catch((error: { code: string }) => error.code);
      await expect.poll(() => [...proxy.sessions][0]?.idle, { timeout: 60_000 }).toBe(false);
      expect(await proxy.drain()).toBe(1);
      expect(await lost).toBe('57P01');
    });
  });

  it('waits for data that is copied, whichever protocol has begun it', async () => {
    await withProxy({}, async (through, proxy) => {
      const client = await FrameClient.open(through);
      await client.send(step([query('CREATE TEMP TABLE t (n int)')]));
      const copy = [parse('COPY t FROM STDIN'), bind(), execute(), sync];
      expect((await client.send(step(copy, 'G'))).at(-1)).toMatch(/^G/);
      const drained = proxy.drain();
      const data = Buffer.from('d\0\0\0\x061\nc\0\0\0\x04', 'latin1');
      expect(await client.send(step([data, sync]))).toEqual(['C COPY 1', 'Z 49']);
      expect(await drained).toBe(0);
    });
  });
});
