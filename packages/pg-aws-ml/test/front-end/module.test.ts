import { inspect } from 'node:util';
import pg from 'pg';
import { expect, it } from 'vitest';
import pgAwsMl, * as named from '../../src/index.js';

it('exports everything that pg exports, as the same objects', () => {
  for (const name of Object.keys(pg) as (keyof typeof pg)[]) {
    if (name === 'Client' || name === 'Pool') continue;
    expect(pgAwsMl[name], name).toBe(pg[name]);
  }
  for (const name of [
    'Connection',
    'DatabaseError',
    'Query',
    'Result',
    'TypeOverrides',
    'types',
    'defaults',
  ] as const) {
    expect(named[name], name).toBe(pg[name]);
  }
  expect(named.escapeIdentifier('a"b')).toBe('"a""b"');
  expect(named.escapeLiteral("it's")).toBe("'it''s'");
  expect(Object.getOwnPropertyDescriptor(named.defaults, 'parseInt8')?.set).toBeTypeOf('function');
});

it('has `native` lazily and unseen, null without pg-native', () => {
  expect('native' in pgAwsMl).toBe(true);
  expect(Object.keys(pgAwsMl)).not.toContain('native');
  expect(pgAwsMl.native).toBeNull();
});

it('exports classes that extend the ones of pg, by name and by default alike', () => {
  expect(pgAwsMl.Client).toBe(named.Client);
  expect(pgAwsMl.Pool).toBe(named.Pool);
  expect(new named.Client()).toBeInstanceOf(pg.Client);
  expect(named.Client.name).toBe('Client');
  expect(named.Pool.name).toBe('Pool');
  expect((named.Client as unknown as { Query: unknown }).Query).toBe(pg.Query);
  const pool = new named.Pool();
  expect(pool).toBeInstanceOf(pg.Pool);
  expect(pool).toHaveProperty('Client', named.Client);
});

it('takes a client class of the user', () => {
  class UserClient extends named.Client {}
  expect(new named.Pool({ Client: UserClient })).toHaveProperty('Client', UserClient);
  expect(new named.Pool({ Client: pg.Client })).toHaveProperty('Client', pg.Client);
});

it('takes the `awsMl` options beside those of pg, and shows no secret, however it is printed or copied', () => {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'hunter2', sessionToken: 'hunter2-too' };
  const awsMl = { region: 'eu-west-1', credentials };
  const pool = new named.Pool({ host: 'h', awsMl });
  expect(pool.options).toMatchObject({ host: 'h', awsMl: { region: 'eu-west-1' } });
  const client = new named.Client({ awsMl });
  const options = (pool.options as named.PoolConfig).awsMl!;
  expect(options.credentials).toBe(credentials);
  const error = Object.assign(new Error('failed', { cause: pool }), { client, pool, options });
  const printed = [pool, client, options, error].flatMap((object) => [
    inspect(object, { depth: 9 }),
    inspect(object, { depth: 20, showHidden: true }),
    inspect(object, { depth: 20, showHidden: true, getters: true }),
  ]);
  const copied = [JSON.stringify(pool.options), JSON.stringify(options), inspect(structuredClone(options))];
  for (const shown of [...printed, ...copied]) {
    expect(shown.includes('hunter2') ? shown : '').toBe('');
  }
  expect(inspect(options)).toContain("region: 'eu-west-1'");
  const second = new named.Pool(pool.options);
  expect((second.options as named.PoolConfig).awsMl!.credentials).toBe(credentials);
});

it('shows no password of pg', () => {
  const config = { password: 'hunter2' };
  const [pool, client] = [new named.Pool(config), new named.Client(config)];
  for (const shown of [inspect(pool, { depth: 9 }), JSON.stringify(pool.options), inspect(client, { depth: 9 })]) {
    expect(shown).not.toContain('hunter2');
  }
});

it('gives a pool made of the options of another one its own state', () => {
  const pool = new named.Pool({ max: 3, awsMl: { region: 'eu-west-1' } });
  const copy = new named.Pool({ ...pool.options });
  expect(copy.options).toMatchObject({ max: 3, awsMl: { region: 'eu-west-1' } });
  expect(Object.getOwnPropertySymbols({ ...pool.options })).toEqual([]);
});
