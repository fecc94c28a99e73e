import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningProxy } from '../../src/index.js';
import { writeStartUp } from '../../src/protocol/start-up-packet.js';
import { bind, close, describe, execute, flush, parse, query, sync } from '../support/frame-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { proxied } from '../support/proxied.js';
import { RawClient } from '../support/raw-client.js';

/** `PROXY_FRAMES=100000 PROXY_SEED=7` sends more, and others, and prints how much memory the process has before and after. */
const FRAMES = Number(process.env.PROXY_FRAMES ?? 1_000);
const FRAMES_A_CONNECTION = 25;

/** Numbers from 0 to below 1 that are the same for a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(Number(process.env.PROXY_SEED ?? 1));
const below = (limit: number) => Math.floor(random() * limit);
const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const randomBytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

const valid = [
  query('SELECT 1'),
  query('COPY (SELECT 1) TO STDOUT'),
  query('BEGIN'),
  query('ROLLBACK'),
  parse('SELECT $1::text', 's'),
  bind(['x'], { statement: 's' }),
  describe('S', 's'),
  execute(1),
  close('S', 's'),
  flush,
  sync,
];

/** A frame that is right, or wrong in one of the ways in which one can be. */
function anyFrame(): Buffer {
  const frame = Buffer.from(oneOf(valid));
  switch (below(6)) {
    case 0:
      return frame;
    case 1:
      frame[below(frame.length)] = below(256);
      return frame;
    case 2:
      return frame.subarray(0, below(frame.length));
    case 3:
      frame.writeUInt32BE(oneOf([0, 3, 4, 5, 1_000, 2 ** 31, 2 ** 32 - 1]), 1);
      return frame;
    case 4:
      return Buffer.concat([Buffer.of(below(256), 0, 0, 0, 4 + below(40)), randomBytes(below(40))]);
    default:
      return randomBytes(1 + below(60));
  }
}

let proxy: RunningProxy;
let through: DatabaseAddress;
beforeAll(async () => {
  ({ proxy, through } = await proxied(await createTestDatabase(), { loginTimeout: 5 }));
});
afterAll(() => proxy.close());

async function sendInSession(): Promise<void> {
  const { host, port, user, database } = through;
  const socket = connect({ host, port });
  socket.on('error', () => {}).resume();
  const frames = Array.from({ length: FRAMES_A_CONNECTION }, anyFrame);
  socket.write(Buffer.concat([writeStartUp({ user, database }), ...frames]));
  // A frame that promises more than comes is waited for: the client's end ends that.
  socket.end();
  await once(socket, 'close');
}

async function sendAtFirst(): Promise<void> {
  const socket = connect(through.port, through.host);
  socket.on('error', () => {}).resume();
  const first = writeStartUp({ user: through.user, database: 'none' });
  if (random() < 0.5) first.writeUInt32BE(oneOf([0, 7, 8, 9_999, 10_001, 2 ** 31]), 0);
  else first.writeUInt32BE(oneOf([80877102, 80877103, 80877104, 0, 196607, 2 ** 32 - 1]), 4);
  socket.end(random() < 0.3 ? randomBytes(1 + below(40)) : first.subarray(0, 1 + below(first.length)));
  await once(socket, 'close');
}

it('random and malformed frames end connections at most: no crash, no hang, no session left', async () => {
  const connections = Math.ceil(FRAMES / FRAMES_A_CONNECTION);
  const tellMemory = (when: string) => {
    const { rss, heapUsed } = process.memoryUsage();
    if (process.env.PROXY_FRAMES !== undefined) console.log(when, { rssMB: rss / 2 ** 20, heapMB: heapUsed / 2 ** 20 });
  };
  for (let i = 0; i < connections; i++) {
    // Once what is made at first is there.
    if (i === Math.min(200, connections >> 1)) tellMemory('before');
    await Promise.all([sendInSession(), sendAtFirst()]);
  }
  await expect.poll(() => proxy.sessions.size, { timeout: 60_000 }).toBe(0);
  tellMemory('after');
  const client = await RawClient.open(through);
  expect(await client.answer([query('SELECT 42')], 1)).toContain('42');
  client.socket.destroy();
});
