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

it('takes the `awsMl` options beside those of pg, and shows no secret', () => {
  const awsMl = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIA', secretAccessKey: 'hunter2' } };
  const pool = new named.Pool({ host: 'h', password: 'hunter2', awsMl });
  expect(pool.options).toMatchObject({ host: 'h', awsMl: { region: 'eu-west-1' } });
  const client = new named.Client({ password: 'hunter2', awsMl });
  for (const shown of [inspect(pool, { depth: 9 }), JSON.stringify(pool.options), inspect(client, { depth: 9 })]) {
    expect(shown).not.toContain('hunter2');
  }
  expect((pool.options as named.PoolConfig).awsMl?.credentials).toBe(awsMl.credentials);
});

it('gives a pool made of the options of another one its own state', () => {
  const pool = new named.Pool({ max: 3, awsMl: { region: 'eu-west-1' } });
  const copy = new named.Pool({ ...pool.options });
  expect(copy.options).toMatchObject({ max: 3, awsMl: { region: 'eu-west-1' } });
  expect(Object.getOwnPropertySymbols({ ...pool.options })).toEqual([]);
});
