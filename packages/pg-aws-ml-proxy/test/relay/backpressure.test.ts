import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientSession, RunningProxy } from '../../src/index.js';
import { query } from '../support/frame-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { proxied } from '../support/proxied.js';
import { RawClient } from '../support/raw-client.js';

const doors: [string, boolean][] = [
  ['a relay', false],
  ['the engine looking on', true],
];
/** Far more than all buffers on the way hold. */
const ROWS = 40_000;
const ROW_BYTES = 1_000;
const MOST_HELD = 512 * 1024;

describe.each(doors)('through %s', (_name, looksOn) => {
  let proxy: RunningProxy;
  let through: DatabaseAddress;
  beforeAll(async () => {
    const direct = await createTestDatabase();
    ({ proxy, through } = await proxied(direct, {}, looksOn ? {} : { intercept: () => undefined }));
  });
  afterAll(() => proxy.close());

  const held = ({ client, server }: ClientSession): number =>
    client.socket.writableLength +
    server.socket.writableLength +
    client.socket.readableLength +
    server.socket.readableLength;

  it('a result that nobody reads is not gathered', async () => {
    const client = await RawClient.open(through);
    const session = [...proxy.sessions].at(-1) as ClientSession;
    client.socket.pause();
    const sql = `COPY (SELECT repeat('x', ${ROW_BYTES}) FROM generate_series(1, ${ROWS})) TO STDOUT`;
    const answer = client.answer([query(sql)], 1);
    await expect.poll(() => session.server.paused, { timeout: 60_000 }).toBe(true);
    const read = session.server.socket.bytesRead;
    for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate);
    expect(session.server.socket.bytesRead - read).toBeLessThan(MOST_HELD);
    expect(held(session)).toBeLessThan(MOST_HELD);
    client.socket.resume();
    expect((await answer).length).toBeGreaterThan(ROWS * ROW_BYTES);
    client.socket.destroy();
  });

  it('statements that the server does not take yet are not gathered', async () => {
    const client = await RawClient.open(through);
    const session = [...proxy.sessions].at(-1) as ClientSession;
    const long = query(`SELECT length('${'x'.repeat(1_000_000)}')`);
    const answer = client.answer([Buffer.concat([query('SELECT pg_sleep(1)'), ...Array(40).fill(long)])], 41);
    await expect.poll(() => session.client.paused, { timeout: 60_000 }).toBe(true);
    // The statement that is looked at is held until it is whole.
    const most = MOST_HELD + (looksOn ? long.length : 0);
    for (let turn = 0; turn < 1_000; turn++) {
      await new Promise(setImmediate);
      expect(held(session)).toBeLessThan(most);
    }
    expect((await answer).match(/SELECT 1/g)).toHaveLength(41);
    client.socket.destroy();
  });

  it('a client that goes amid its result is forgotten', async () => {
    const client = await RawClient.open(through);
    client.socket.pause();
    void client.answer([query(`SELECT repeat('x', ${ROW_BYTES}) FROM generate_series(1, ${ROWS})`)], 1);
    const session = [...proxy.sessions].at(-1) as ClientSession;
    await expect.poll(() => session.server.paused, { timeout: 60_000 }).toBe(true);
    client.socket.resetAndDestroy();
    await expect.poll(() => proxy.sessions.has(session), { timeout: 60_000 }).toBe(false);
  });
});
