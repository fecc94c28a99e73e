import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningProxy } from '../../src/index.js';
import { writeReadyForQuery } from '../../src/protocol/backend-messages.js';
import { copyDone, FrameClient, query, step } from '../support/frame-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { proxied } from '../support/proxied.js';
import { RawClient } from '../support/raw-client.js';

describe('a replication connection', () => {
  let direct: DatabaseAddress;
  let proxy: RunningProxy;
  let through: DatabaseAddress;
  beforeAll(async () => {
    direct = await createTestDatabase();
    ({ proxy, through } = await proxied(direct));
  });
  afterAll(() => proxy.close());

  /** What a walsender tells, without where the log has got to meanwhile. */
  async function replicated(address: DatabaseAddress): Promise<unknown> {
    const client = await FrameClient.open(address, { replication: 'database' });
    const system = await client.send(step([query('IDENTIFY_SYSTEM')]));
    const [id = '', timeline, position = '', database] = system[1]?.split(',') ?? [];
    const from = Buffer.from(position, 'hex').toString();
    const streaming = await client.send(step([query(`START_REPLICATION PHYSICAL ${from}`)], 'W'));
    // The log, and signs of life.
    const end = (await client.send(step([copyDone]))).filter((message) => !message.startsWith('d'));
    const statement = await client.send(step([query("SELECT 'as in any other'")]));
    client.close();
    return { system: [system[0], id, timeline, database, ...system.slice(2)], streaming, end, statement };
  }

  it('passes, with COPY in both directions', async () => {
    const expected = await replicated(direct);
    expect(JSON.stringify(expected)).toContain('C START_STREAMING');
    expect(await replicated(through)).toEqual(expected);
  });
});

/** A server that lets everybody in, names no key and answers no statement until `answer` is called. */
async function keylessServer() {
  const first: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      first.push(bytes);
      const isCancel = bytes.readUInt32BE(4) === 80877102;
      if (isCancel) socket.end();
      else socket.write(Buffer.concat([Buffer.from('R\0\0\0\x08\0\0\0\0', 'latin1'), writeReadyForQuery('I')]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { port, first, answer: () => sockets[0]?.write(writeReadyForQuery('I')), close: () => server.close() };
}

const cancelRequest = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2]);

describe('a server that sends no BackendKeyData', () => {
  it('gets the requests to cancel, which end nothing here', async () => {
    const server = await keylessServer();
    const address = { host: '127.0.0.1', port: server.port, user: 'app', database: 'any', connectionString: '' };
    const { proxy, through } = await proxied(address, { awsMl: { region: 'us-east-1' } });
    const client = await RawClient.open(through);
    for (const session of proxy.sessions) expect(session.backendKey).toBeUndefined();
    const answered = client.answer([query('SELECT 1')], 1);
    for (const request of [cancelRequest, Buffer.from([0, 0, 0, 8, 4, 210, 22, 46])]) {
      const canceller = connect(through.port, through.host);
      canceller.on('error', () => {}).resume();
      canceller.write(request);
      await once(canceller, 'close');
    }
    expect(server.first.slice(1).map((bytes) => bytes.subarray(8).toString('hex'))).toContain('0000000100000002');
    expect(proxy.sessions.size).toBe(1);
    server.answer();
    expect(await answered).toBe(writeReadyForQuery('I').toString('latin1'));
    client.socket.destroy();
    await proxy.close();
    server.close();
  });
});
