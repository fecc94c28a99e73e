import type { SessionFacts } from '../catalog/facts.js';
import { collectRounds } from '../replay/collect-rounds.js';
import { type BoundSql, provideResults, type Replay } from '../replay/replay.js';
import { leaveSession, strictRun, workersPerGather } from '../replay/strict-run.js';
import { databaseError } from '../server/database-error.js';
import type { AnswerRow, FieldDescription, RawResult, RawRow } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';
import { inUnit } from '../server/transaction.js';
import { describeOnly } from '../stubs/stub-mode.js';
import { readStubReport } from '../stubs/stub-report.js';
import type { Explained } from './run-explain.js';
import { notMigrated } from './try-migrated.js';

const MAX_ATTEMPTS = 8;

/**
 * Runs EXPLAIN ANALYZE over the migrated statement, with the results of its calls at hand.
 *
 * @param tolerant whether a call without a result may give NULL: PostgreSQL may evaluate a function for rows that the
 * statement doesn't need. Where something could come of the NULL the statement is rather explained as it was written.
 */
export async function explainResults(
  replay: Replay,
  shown: Explained,
  types: readonly number[],
  tolerant: boolean,
): Promise<{ result: RawResult; shown: Explained }> {
  const { explain, migration } = shown;
  const { statement } = replay.context;
  const bound = (text: string): BoundSql => ({ text, values: statement.values ?? [], types });
  const migrated = migration?.changed ? explain.prefix + migration.sql : statement.text;
  if (tolerant) return { result: await explainOnce(replay, bound(migrated)), shown };
  const answer = new CapturedAnswer();
  const capturing: Replay = {
    ...replay,
    context: { ...replay.context, statement: { ...statement, resultFormats: undefined }, sink: answer },
  };
  if (await strictRun(capturing, bound(migrated))) return { result: answer.result, shown };
  const asWritten = notMigrated(shown, 'PostgreSQL evaluates them for other rows there');
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
    if (await strictRun(capturing, bound(statement.text))) return { result: answer.result, shown: asWritten };
    await collectRounds(replay, bound(statement.text));
  }
  throw databaseError('40001', 'the rows that the statement reads kept changing while their inputs were sent');
}

async function explainOnce(replay: Replay, sql: BoundSql): Promise<RawResult> {
  const { connection } = replay.context;
  connection.filterNotices((notice) => readStubReport(notice, replay.nonce) !== undefined);
  const { value: workers } = await workersPerGather(replay);
  try {
    return await inUnit(replay.context, { keep: true }, async () => {
      if (canStoreResults(replay.context.session)) provideResults(replay, 'collect');
      else await describeOnly(connection);
      const result = await connection.run(sql.text, { values: sql.values, types: sql.types });
      if (replay.context.inBlock) await leaveSession(replay, workers);
      return result;
    });
  } finally {
    connection.filterNotices(undefined);
  }
}

/** Where results can't be put aside the plan is run with NULLs in their place. */
export const canStoreResults = (session: SessionFacts): boolean => !session.readOnly && !session.inRecovery;

class CapturedAnswer implements ResultSink {
  readonly #rows: RawRow[] = [];
  #fields: readonly FieldDescription[] = [];
  #commandTag = '';

  rowDescription(fields: readonly FieldDescription[]): void {
    this.#fields = fields;
  }

  rows(rows: readonly AnswerRow[]): void {
    // Its statement says nothing of formats.
    this.#rows.push(...(rows as readonly RawRow[]));
  }

  commandComplete(commandTag: string): void {
    this.#commandTag = commandTag;
  }

  get result(): RawResult {
    return { fields: this.#fields, rows: this.#rows, commandTag: this.#commandTag };
  }
}
