import { loadParser, parseStatement } from 'pg-rewriter';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/server/server-connection.js';
import { runSettingStatement, settingStatement } from '../../src/statements/setting.js';
import { openSession, type Session } from '../extension/session.js';
import { createTestDatabase } from '../support/postgres.js';

let session: Session;
beforeAll(async () => {
  await loadParser();
  session = await openSession(await createTestDatabase());
});
afterAll(() => session.end());
beforeEach(async () => {
  await session.query('DISCARD ALL');
  session.notices.length = 0;
});

interface Outcome {
  readonly tag: string;
  readonly names: string[];
  readonly rows: RawRow[];
}

async function run(sql: string): Promise<Outcome> {
  const node = parseStatement(sql);
  const statement = settingStatement(node);
  if (statement === undefined) throw new Error(`not recognised: ${sql}`);
  let tag = '';
  const names: string[] = [];
  const rows: RawRow[] = [];
  await runSettingStatement(session.connection, statement, {
    rowDescription: (fields) => void names.push(...fields.map((f) => `${f.name}:${f.dataTypeID}`)),
    rows: (more) => void rows.push(...(more as readonly RawRow[])),
    commandComplete: (commandTag) => {
      tag = commandTag;
    },
  });
  return { tag, names, rows };
}

const show = async () => (await run('SHOW apg_enable_function_migration')).rows[0]?.[0];

describe('apg_enable_function_migration', () => {
  it('is on, and shown as a setting is', async () => {
    expect(await run('SHOW APG_ENABLE_FUNCTION_MIGRATION')).toEqual({
      tag: 'SHOW',
      names: ['apg_enable_function_migration:25'],
      rows: [['on']],
    });
  });

  it.each([
    ['SET apg_enable_function_migration = false;', 'off'],
    ['SET apg_enable_function_migration TO off', 'off'],
    ['set session Apg_Enable_Function_Migration to 0', 'off'],
    [`SET "apg_enable_function_migration" = 'NO'`, 'off'],
    [`SET apg_enable_function_migration = f`, 'off'],
    ['SET /* not now */ apg_enable_function_migration = off -- really', 'off'],
    [`SET SESSION apg_enable_function_migration TO 'yes'`, 'on'],
    ['SET apg_enable_function_migration = true', 'on'],
    ['SET apg_enable_function_migration = 1', 'on'],
    ['SET apg_enable_function_migration = DEFAULT', 'on'],
  ])('%s', async (sql, shown) => {
    await run(`SET apg_enable_function_migration = ${shown === 'on' ? 'off' : 'on'}`);
    expect((await run(sql)).tag).toBe('SET');
    expect(await show()).toBe(shown);
  });

  it('is on again after RESET, also where it was never set', async () => {
    expect((await run('RESET apg_enable_function_migration')).tag).toBe('RESET');
    await run('SET apg_enable_function_migration = off');
    await run('RESET apg_enable_function_migration');
    expect(await show()).toBe('on');
  });

  it.each(['RESET ALL', 'DISCARD ALL'])('is on again after %s', async (sql) => {
    await run('SET apg_enable_function_migration = off');
    await session.query(sql);
    expect(await show()).toBe('on');
  });

  it('follows the transaction', async () => {
    await session.query('BEGIN');
    await run('SET apg_enable_function_migration = off');
    expect(await show()).toBe('off');
    await session.query('ROLLBACK');
    expect(await show()).toBe('on');

    await session.query('BEGIN');
    await run('SET LOCAL apg_enable_function_migration = off');
    expect(await show()).toBe('off');
    await session.query('COMMIT');
    expect(await show()).toBe('on');

    await run('SET apg_enable_function_migration = off');
    await session.query('BEGIN');
    await run('SET LOCAL apg_enable_function_migration TO DEFAULT');
    expect(await show()).toBe('on');
    await session.query('COMMIT');
    expect(await show()).toBe('off');
  });

  it('warns of SET LOCAL outside a transaction', async () => {
    await run('SET LOCAL apg_enable_function_migration = off');
    expect(session.notices.map((n) => n.code)).toEqual(['25P01']);
    expect(await show()).toBe('on');
  });

  it.each(['maybe', '2', `''`, 'o', '0.5', 'on, off', `'t r'`])('refuses %s', async (value) => {
    await expect(run(`SET apg_enable_function_migration = ${value}`)).rejects.toMatchObject({
      code: '22023',
      message: 'parameter "apg_enable_function_migration" requires a Boolean value',
    });
    expect(await show()).toBe('on');
  });

  it.each(['SET work_mem = 1', 'SHOW ALL', 'RESET ALL', `SELECT 'SET apg_enable_function_migration = off'`])(
    'leaves alone: %s',
    (sql) => {
      expect(settingStatement(parseStatement(sql))).toBeUndefined();
    },
  );
});
