import type { StatementContext } from '../pool-state/statement-context.js';
import { databaseError } from '../server/database-error.js';
import type { FieldDescription, RawResult } from '../server/server-connection.js';
import { settle, TransactionUnit } from '../server/transaction.js';
import { describeOnly } from '../stubs/stub-mode.js';
import type { Explained } from './run-explain.js';

export interface TriedMigration {
  /** What is to be shown: without the migrated statement where the server finds another meaning in it. */
  readonly shown: Explained;
  /** The plan of the migrated statement; undefined where that is not shown, or with ANALYZE. */
  readonly result: RawResult | undefined;
}

/**
 * Lets the server check that the migrated statement has the columns of the original, and explains it.
 * The connection must be at a place where a transaction or savepoint can begin, or stand alone.
 */
export async function tryMigrated(
  context: StatementContext,
  explained: Explained,
  types: readonly number[],
): Promise<TriedMigration> {
  const { connection, statement } = context;
  const { explain, migration } = explained;
  await settle(context);
  if (!migration?.changed) return { shown: explained, result: undefined };
  const prefix = explain.analyze ? 'EXPLAIN ' : explain.prefix;
  const unit = TransactionUnit.begin(context);
  try {
    const [, original, migrated, result] = await Promise.all([
      describeOnly(connection),
      connection.describe(explain.text, types),
      connection.describe(migration.sql, types),
      connection.run(prefix + migration.sql, { values: statement.values ?? [], types }),
    ]);
    requireEqual(original.fields, migrated.fields);
    return { shown: explained, result: explain.analyze ? undefined : result };
  } catch (error) {
    context.signal.throwIfAborted();
    return { shown: notMigrated(explained, (error as Error).message), result: undefined };
  } finally {
    await unit.undo();
  }
}

function requireEqual(original: readonly FieldDescription[] | null, migrated: readonly FieldDescription[] | null) {
  const shape = (fields: readonly FieldDescription[] | null) =>
    JSON.stringify(fields?.map((f) => [f.name, f.dataTypeID]) ?? null);
  if (shape(original) !== shape(migrated)) throw databaseError('42804', 'the migrated statement has other columns');
}

/** The same with the statement as it was written. */
export function notMigrated(explained: Explained, reason: string): Explained {
  const { explain, migration } = explained;
  if (!migration?.changed) return explained;
  return { ...explained, migration: { ...migration, sql: explain.text, changed: false, scans: [], reason } };
}
