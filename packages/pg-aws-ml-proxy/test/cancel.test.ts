import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientSession, RunningProxy } from '../src/index.js';
import { createTestDatabase, type DatabaseAddress } from './support/postgres.js';
import { proxied } from './support/proxied.js';
import { certificateOf } from './support/secured-server.js';

let proxy: RunningProxy;
let through: DatabaseAddress;
const requested: string[] = [];
const aborted: ClientSession[] = [];

beforeAll(async () => {
  ({ proxy, through } = await proxied(await createTestDatabase(), certificateOf('proxy'), {
    cancelRequested: (key) => requested.push(key.toString('hex')),
    intercept: (session) => ({
      wantsAll: false,
      wantsServer: false,
      fromClient: () => false,
      fromServer: () => false,
      onCancel: () => aborted.push(session),
      closed: () => {},
    }),
  }));
});
afterAll(() => proxy.close());

async function sleeping(): Promise<{ client: pg.Client; sleep: Promise<unknown>; session: ClientSession }> {
  const client = new pg.Client({ ...through });
  await client.connect();
  const session = [...proxy.sessions].at(-1) as ClientSession;
  const sleep = client.query('SELECT pg_sleep(600)').catch((error: { code: string }) => error.code);
  return { client, sleep, session };
}

function cancelRequest(session: ClientSession): Buffer {
  const key = session.backendKey as Buffer;
  return Buffer.concat([Buffer.from([0, 0, 0, 8 + key.length, 0x04, 0xd2, 0x16, 0x2e]), key]);
}

/** Until the statement is there to be cancelled, a request does nothing. */
async function untilCancelled(sleep: Promise<unknown>, request: () => Promise<unknown>): Promise<unknown> {
  let code: unknown;
  void sleep.then((result) => {
    code = result;
  });
  while (code === undefined) await request();
  return code;
}

it('a cancel request reaches the server and whoever takes part in the session', async () => {
  const { client, sleep, session } = await sleeping();
  const code = await untilCancelled(sleep, async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.end(cancelRequest(session)).resume();
    await once(socket, 'close');
  });
  expect(code).toBe('57014');
  expect(requested).toContain(session.backendKey?.toString('hex'));
  expect(new Set(aborted)).toEqual(new Set([session]));
  await client.end();
});

it('a cancel request may come over TLS', async () => {
  const { client, sleep, session } = await sleeping();
  const code = await untilCancelled(sleep, async () => {
    const secure = connectSecurely({
      port: proxy.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['postgresql'],
    });
    await once(secure, 'secureConnect');
    secure.write(cancelRequest(session));
    secure.resume();
    await once(secure, 'close');
  });
  expect(code).toBe('57014');
  await client.end();
});

it('a cancel request with a wrong key cancels nothing', async () => {
  const { client, sleep, session } = await sleeping();
  const wrong = cancelRequest(session);
  wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
  const before = aborted.length;
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(wrong);
  socket.resume();
  await once(socket, 'close');
  expect(aborted).toHaveLength(before);
  await untilCancelled(sleep, async () => {
    const right = connect(proxy.port, '127.0.0.1');
    right.end(cancelRequest(session)).resume();
    await once(right, 'close');
  });
  await client.end();
});
