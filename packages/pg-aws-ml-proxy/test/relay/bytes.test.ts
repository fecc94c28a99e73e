import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningProxy } from '../../src/index.js';
import { bind, close, describe as describing, execute, flush, parse, query, sync } from '../support/frame-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { proxied } from '../support/proxied.js';
import { RawClient } from '../support/raw-client.js';

const frame = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`, 'latin1');
  bytes.writeUInt32BE(bytes.length - 1, 1);
  return bytes;
};

/** Frames, each sent in one go, and how many ReadyForQuery answer them. */
const script: [string, readonly Buffer[], number][] = (
  [
    ['a query', [query("SELECT 1 AS one, 'ä' AS t, NULL")]],
    ['several statements', [query('SELECT 1; DELETE FROM t; SELECT 2')]],
    ['an empty query', [query('')]],
    ['an error', [query('SELECT 1/0')]],
    ['a block', [query('BEGIN'), query('SELECT 1/0'), query('SELECT 1'), query('ROLLBACK')], 4],
    ['notices', [query("DO $$ BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w'; END $$")]],
    ['a setting', [query("SET application_name = 'x'; RESET application_name")]],
    ['a notification', [query('LISTEN c; NOTIFY c, $$p$$; UNLISTEN c')]],
    [
      'the extended protocol',
      [
        parse('SELECT $1::int + 1', 's', [23]),
        describing('S', 's'),
        bind(['1'], { statement: 's' }),
        describing('P'),
        execute(),
        close('S', 's'),
        sync,
      ],
    ],
    ['a flush', [parse('SELECT 1'), flush, bind(), execute(), flush, sync]],
    ['row limits', [parse('SELECT generate_series(1, 5)'), bind(), execute(2), execute(2), execute(2), sync]],
    ['an error in a pipeline', [parse('SELECT 1/0'), bind(), execute(), parse('SELECT 1'), sync, query('SELECT 3')], 2],
    ['a pipeline', [parse('SELECT 1'), bind(), execute(), sync, parse('SELECT 2'), bind(), execute(), sync], 2],
    [
      'binary',
      [parse('SELECT $1::bytea'), bind([Buffer.from([0, 255])], { formats: [1], results: [1] }), execute(), sync],
    ],
    ['COPY out', [query('COPY (SELECT generate_series(1, 20)) TO STDOUT')]],
    ['COPY in', [query('TRUNCATE t; COPY t FROM STDIN'), frame('d', '1\n2\n'), frame('d', '3\n'), frame('c', '')]],
    ['COPY that fails', [query('COPY t FROM STDIN'), frame('d', '1\n'), frame('f', 'no\0')]],
    [
      'COPY of wrong data',
      [query('COPY t FROM STDIN'), frame('d', 'x\n'), frame('d', '1\n'), frame('c', ''), query('SELECT 1')],
      2,
    ],
    ['a function call', [frame('F', '\0\0\x07\x94\0\x01\0\x01\0\x01\0\0\0\x04\xff\xff\xff\xfb\0\x01')]],
    ['an unknown portal', [execute(0, 'none'), sync]],
    ['a malformed Bind', [frame('B', '\0\0\0\x05'), sync]],
  ] as [string, readonly Buffer[], number?][]
).map(([what, frames, readies = 1]) => [what, frames, readies]);

/** Each ends its connection. */
const ends: [string, Buffer][] = [
  ['an unknown type', frame('~', 'x')],
  ['an impossible length', Buffer.from('Q\0\0\0\x01')],
  ['a length beyond all bounds', Buffer.from('B\xff\xff\xff\xff', 'latin1')],
  ['Terminate', frame('X', '')],
  ['a password out of turn', frame('p', 'x\0')],
];

const doors: [string, boolean][] = [
  ['a relay', false],
  ['the engine looking on', true],
];

describe.each(doors)('bytes through %s are the bytes of the server', (_name, looksOn) => {
  let direct: DatabaseAddress;
  let proxy: RunningProxy;
  let natively: RawClient;
  let through: RawClient;
  let address: DatabaseAddress;

  beforeAll(async () => {
    direct = await createTestDatabase();
    ({ proxy, through: address } = await proxied(direct, {}, looksOn ? {} : { intercept: () => undefined }));
    natively = await RawClient.open(direct);
    through = await RawClient.open(address);
    await natively.answer([query('CREATE TEMP TABLE t (n int)')], 1);
    await through.answer([query('CREATE TEMP TABLE t (n int)')], 1);
  });
  afterAll(async () => {
    natively.socket.destroy();
    through.socket.destroy();
    await proxy.close();
  });

  it.each(script)('%s, whole and cut at every byte', async (_what, frames, readies) => {
    const bytes = Buffer.concat(frames);
    const expected = await natively.answer([bytes], readies);
    expect(expected).not.toBe('');
    expect(await through.answer([bytes], readies)).toBe(expected);
    for (let at = 1; at < bytes.length; at++) {
      expect(await through.answer([bytes.subarray(0, at), bytes.subarray(at)], readies)).toBe(expected);
    }
  });

  it('byte by byte', async () => {
    const bytes = Buffer.concat(script.flatMap(([, frames]) => frames));
    const readies = script.reduce((sum, [, , count]) => sum + count, 0);
    const expected = await natively.answer([bytes], readies);
    const single = Array.from(bytes, (byte) => Buffer.of(byte));
    expect(await through.answer(single, readies)).toBe(expected);
  });

  it.each(ends)('%s', async (_what, bytes) => {
    const [one, other] = [await RawClient.open(direct), await RawClient.open(address)];
    // A last query, so that what ends the connection comes amid others.
    const sent = [Buffer.concat([query('SELECT 1'), bytes])];
    expect(await other.answer(sent, Number.POSITIVE_INFINITY)).toBe(await one.answer(sent, Number.POSITIVE_INFINITY));
  });
});
