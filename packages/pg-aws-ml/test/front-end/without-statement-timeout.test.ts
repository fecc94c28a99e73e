import pg from 'pg';
import { expect, it } from 'vitest';
import { PipelinedConnection } from '../../src/server/pipelined-connection.js';
import type { ProtocolConnection } from '../../src/server/protocol-connection.js';
import { withoutStatementTimeout } from '../../src/server/without-statement-timeout.js';
import { createTestDatabase } from '../support/postgres.js';

it.each([
  ['outside a block', 'select 1'],
  ['in a block', 'begin'],
  ['in a block with a timeout of its own', "begin; set local statement_timeout = '900ms'"],
])('lifts statement_timeout for a look-up, and puts it back, %s', async (_where, before) => {
  const client = new pg.Client({ ...(await createTestDatabase()) });
  await client.connect();
  await client.query("set statement_timeout = '800ms'");
  await client.query(before);
  const settings = async () => (await client.query("select current_setting('statement_timeout')")).rows;
  const timeout = await settings();
  const status = before.startsWith('begin') ? 'T' : 'I';
  const server = new PipelinedConnection(client.connection as unknown as ProtocolConnection, status);
  const found = await withoutStatementTimeout(server, async () => {
    const { rows } = await server.run('select pg_sleep(1.2), 42');
    await server.sync();
    return rows[0]?.[1];
  });
  expect([found, server.synced, server.transactionStatus]).toEqual(['42', true, status]);
  server.release();
  expect(await settings()).toEqual(timeout);
  if (status === 'T') await client.query('commit');
  expect(await settings()).toEqual([{ current_setting: '800ms' }]);
  await client.end();
});
