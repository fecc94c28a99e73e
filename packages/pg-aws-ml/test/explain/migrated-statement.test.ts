import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { Pool } from 'pg-aws-ml';
import { loadParser, type Migration, migrate, parseStatements } from 'pg-rewriter';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withFacts } from '../../src/plan/plan-with-facts.js';
import type { StatementContext } from '../../src/pool-state/statement-context.js';
import { openSession, type Session } from '../extension/session.js';
import { casesOf, topics } from '../oracle/case-files.js';
import { nativeText } from '../oracle/native-text.js';
import { comparable, runForOutcome } from '../oracle/statement-outcome.js';
import { newEngineState } from '../support/engine-state.js';
import { createTestDatabase } from '../support/postgres.js';

/**
 * The migrated statement means what the original means: ordinary functions take the place of the ML functions, and
 * PostgreSQL evaluates both. The facts come from a database with the extension.
 */
await loadParser();

const oracle = (file: string): Promise<string> => readFile(new URL(`../oracle/${file}`, import.meta.url), 'utf8');

let native: pg.Client;
let session: Session;
const state = newEngineState();

beforeAll(async () => {
  const [nativeDatabase, database] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  native = new pg.Client({ ...nativeDatabase });
  await native.connect();
  await native.query(await oracle('native-functions.sql'));
  const pool = new Pool({ ...database, max: 1 });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  for (const statement of (await oracle('dataset.sql')).split(/;\n/)) {
    if (statement.trim() === '') continue;
    await native.query(nativeText(statement));
    await pool.query(statement);
  }
  await pool.end();
  session = await openSession(database);
});

afterAll(async () => {
  state.invoker.close();
  await Promise.all([native.end(), session.end()]);
});

async function migrationOf(sql: string): Promise<Migration | undefined> {
  const [statement] = parseStatements(sql);
  const { connection } = session;
  const context = { state, connection, session: await state.readSession(connection) } as StatementContext;
  const migration = await withFacts(context, (facts) => migrate(statement!.node, sql, facts));
  await connection.sync();
  return migration;
}

async function outcomeOf(sql: string, params: readonly unknown[] | undefined, ordered: boolean, anyRows: boolean) {
  const outcome = await runForOutcome(native, nativeText(sql), params, async (oid) => String(oid));
  if (anyRows && 'rows' in outcome) return { ...outcome, rows: outcome.rows.length };
  return comparable(outcome, ordered);
}

describe.each(topics)('%s', (topic) => {
  test.each(casesOf(topic).map((c) => [c.title, c] as const))(
    '%s',
    async (_title, { sql, params, undo, ordered, anyRows }) => {
      const migration = await migrationOf(sql);
      if (!migration?.changed) return;
      expect((await migrationOf(migration.sql))?.changed, 'migrated twice').toBe(false);
      const original = await outcomeOf(sql, params, ordered, anyRows);
      if (undo !== undefined) await native.query(undo);
      expect(await outcomeOf(migration.sql, params, ordered, anyRows), migration.sql).toEqual(original);
      if (undo !== undefined) await native.query(undo);
    },
  );
});
