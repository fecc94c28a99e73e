import { once } from 'node:events';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../src/index.js';
import type { ThrowawayPostgres } from '../support/postgres.js';
import { hasPsql, psql } from '../support/psql.js';
import { certificateOf, PASSWORD, startSecuredServer } from '../support/secured-server.js';

let server: ThrowawayPostgres;
const running: RunningProxy[] = [];

beforeAll(async () => {
  server = await startSecuredServer();
});
afterAll(async () => {
  await Promise.all(running.map((proxy) => proxy.close()));
  await server.stop();
});

async function start(sslmode: string, options: ProxyOptions = {}): Promise<RunningProxy> {
  const upstream = `postgres://localhost:${server.port}?host=127.0.0.1&sslmode=${sslmode}`;
  const proxy = await startProxy({ listen: '0', upstream, ...options });
  running.push(proxy);
  return proxy;
}

const login = (proxy: RunningProxy, sslmode: string, others: Readonly<Record<string, string>> = {}) =>
  psql({
    host: '127.0.0.1',
    port: proxy.port,
    user: 'scram',
    password: PASSWORD,
    dbname: 'postgres',
    sslmode,
    ...others,
  });

const differs = /SCRAM cannot pass .*\n?.*channel_binding=disable/s;

// The table of docs/proxy.md.
describe.skipIf(!hasPsql).each<[string, string, ProxyOptions, string, Record<string, string>, string | RegExp]>([
  ['plain, server plain', 'disable', {}, 'disable', {}, '1'],
  ['plain, server TLS', 'require', {}, 'disable', {}, '1'],
  ['TLS, server plain', 'disable', certificateOf('proxy'), 'require', {}, '1'],
  ['TLS, server TLS, another certificate', 'require', certificateOf('proxy'), 'require', {}, differs],
  [
    'the same without channel binding',
    'require',
    certificateOf('proxy'),
    'require',
    { channel_binding: 'disable' },
    '1',
  ],
  ['TLS, server TLS, its certificate', 'require', certificateOf('server'), 'require', {}, '1'],
  ['the same with channel binding', 'require', certificateOf('server'), 'require', { channel_binding: 'require' }, '1'],
  ['channel binding, plain', 'require', {}, 'disable', { channel_binding: 'require' }, /channel binding/],
])('SCRAM passes or not: client %s', (_name, upstream, options, sslmode, others, expected) => {
  it('as documented', async () => {
    const proxy = await start(upstream, options);
    expect(await login(proxy, sslmode, others)).toMatch(
      typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected,
    );
  });
});

describe.skipIf(!hasPsql).each(['disable', 'require'])('with sslmode=%s to the server', (sslmode) => {
  it.each(['scram', 'md5', 'clear'])('a password passes by %s, right or wrong', async (user) => {
    const proxy = await start(sslmode);
    expect(await login(proxy, 'prefer', { user })).toBe('1');
    const refused = await login(proxy, 'prefer', { user, password: 'wrong' });
    expect(refused).toContain(`password authentication failed for user "${user}"`);
  });
});

it.skipIf(!hasPsql)("checks the server's certificate as libpq does", async () => {
  const trusted = `sslrootcert=${certificateOf('server').tlsCert}`;
  const attempt = async (host: string, sslmode: string) => {
    const upstream = `postgres://${host}:${server.port}?sslmode=${sslmode}`;
    const proxy = await startProxy({ listen: '0', upstream });
    running.push(proxy);
    return login(proxy, 'disable');
  };
  expect(await attempt('127.0.0.1', `verify-full&${trusted}`)).toBe('1');
  expect(await attempt('localhost', `verify-full&${trusted}`)).toBe('1');
  expect(await attempt('127.0.0.1', 'verify-full')).toMatch(/the server cannot be reached: \w*SELF_SIGNED/);
  const other = `sslrootcert=${certificateOf('proxy').tlsCert}`;
  expect(await attempt('127.0.0.1', `verify-ca&${other}`)).toContain('the server cannot be reached');
  expect(await attempt('127.0.0.1', `require&${other}`)).toContain('the server cannot be reached');
});

it.skipIf(!hasPsql)('refuses clients without TLS where it is required', async () => {
  const proxy = await start('disable', { ...certificateOf('proxy'), requireTls: true });
  expect(await login(proxy, 'disable')).toContain('connections without TLS are not accepted');
  expect(await login(proxy, 'require')).toBe('1');
});

it.skipIf(!hasPsql)('shows another certificate once it has been told to read it again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  const files = { tlsCert: `${directory}/crt`, tlsKey: `${directory}/key` };
  const put = async (name: 'server' | 'proxy') => {
    await copyFile(certificateOf(name).tlsCert, files.tlsCert);
    await copyFile(certificateOf(name).tlsKey, files.tlsKey);
  };
  await put('proxy');
  const proxy = await start('require', files);
  expect(await login(proxy, 'require')).toMatch(differs);
  await put('server');
  await proxy.reloadCertificates();
  expect(await login(proxy, 'require')).toBe('1');
  await copyFile(certificateOf('proxy').tlsKey, files.tlsKey);
  await expect(proxy.reloadCertificates()).rejects.toThrow('cannot be used');
  expect(await login(proxy, 'require')).toBe('1');
});

describe('the first bytes', () => {
  const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  const gssRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48]);

  /** All that the proxy answers until it ends the connection, or to `until` bytes. */
  async function answers(port: number, bytes: Buffer, until = Number.POSITIVE_INFINITY): Promise<Buffer> {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length >= until) break;
    }
    socket.destroy();
    return Buffer.concat(chunks);
  }

  it('ask for encryption, and are answered N where there is none', async () => {
    const plain = await start('disable');
    expect((await answers(plain.port, sslRequest, 1)).toString()).toBe('N');
    expect((await answers(plain.port, gssRequest, 1)).toString()).toBe('N');
    const encrypted = await start('disable', certificateOf('proxy'));
    expect((await answers(encrypted.port, sslRequest, 1)).toString()).toBe('S');
    expect((await answers(encrypted.port, gssRequest, 1)).toString()).toBe('N');
  });

  it('go on after GSSENCRequest and SSLRequest', async () => {
    const proxy = await start('disable');
    const socket = connect(proxy.port, '127.0.0.1');
    for (const request of [gssRequest, sslRequest]) {
      socket.write(request);
      expect(String((await once(socket, 'data'))[0])).toBe('N');
    }
    const body = Buffer.from('\0\x03\0\0user\0trusted\0database\0postgres\0\0', 'latin1');
    socket.write(Buffer.concat([Buffer.from([0, 0, 0, body.length + 4]), body]));
    expect(String((await once(socket, 'data'))[0])[0]).toBe('R');
    socket.destroy();
  });

  it.each([sslRequest, gssRequest])('behind an unanswered request close the connection', async (request) => {
    const proxy = await start('disable', certificateOf('proxy'));
    expect(await answers(proxy.port, Buffer.concat([request, Buffer.from('x')]))).toHaveLength(0);
  });

  it.each([
    ['too short', Buffer.from([0, 0, 0, 7, 0, 3, 0, 0])],
    ['too long', Buffer.from([0, 1, 0, 0, 0, 3, 0, 0])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['TLS where there is none', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc])],
  ])('that are %s get 08P01', async (_name, bytes) => {
    const proxy = await start('disable');
    expect((await answers(proxy.port, bytes)).toString()).toContain('C08P01\0');
  });

  it('may be those of TLS itself, with ALPN', async () => {
    const proxy = await start('disable', certificateOf('proxy'));
    const options = { port: proxy.port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = connectSecurely({ ...options, ALPNProtocols: ['postgresql'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('postgresql');
    const body = Buffer.from('\0\x03\0\0user\0trusted\0database\0postgres\0\0', 'latin1');
    socket.write(Buffer.concat([Buffer.from([0, 0, 0, body.length + 4]), body]));
    expect(String((await once(socket, 'data'))[0])[0]).toBe('R');
    socket.destroy();
    const without = connectSecurely(options);
    const [refusal] = await once(without, 'data');
    expect(String(refusal)).toContain('without ALPN');
    without.destroy();
  });
});
