import type { StatementContext } from '../pool-state/statement-context.js';
import type { AnswerRow, FieldDescription, ServerNotice } from '../server/server-connection.js';
import { TransactionUnit } from '../server/transaction.js';
import { portalName } from '../stubs/names.js';
import { type TransferMode, transferModes } from '../stubs/transfer-names.js';
import { beginTransfers, untakenTransfers } from '../stubs/transfer-outcomes.js';
import { type Activity, readActivity } from './activity.js';
import { readTransferCall, type TransferCall } from './transfer-call.js';

const PORTAL = portalName('transfer');
const FETCH_ROWS = 1000;
/** Rows that a run may hold back until it is known to be the last. */
const MOST_ROWS = 100_000;

/** What a run of a statement has come to. */
export interface StatementRun {
  /** Those without an outcome, in their order; a run ends with the first unless it collects. */
  readonly calls: readonly TransferCall[];
  /** What the transaction had done before the run. */
  readonly before: Activity;
  /** Where it has come to its end, and was not to be undone. */
  readonly answer: StatementAnswer | undefined;
  /** What has ended it, if no call did. */
  readonly error: unknown;
}

export interface StatementAnswer {
  readonly fields: readonly FieldDescription[] | null;
  readonly rows: readonly AnswerRow[];
  readonly commandTag: string;
  readonly notices: readonly ServerNotice[];
  /** What the transaction had done when it ended. */
  readonly after: Activity;
  /** Imports that no call has taken, or whose call was undone. */
  readonly untaken: number;
}

/**
 * Runs the statement in the open transaction, under a savepoint. It is kept where it has come to its end with an outcome
 * for each of its calls, and undone otherwise.
 */
export async function runStatementOnce(
  context: StatementContext,
  nonce: string,
  mode: TransferMode,
): Promise<StatementRun> {
  const { connection } = context;
  const calls: TransferCall[] = [];
  const notices: ServerNotice[] = [];
  const unit = TransactionUnit.begin({ connection, inBlock: true });
  let before: Activity = new Map();
  try {
    await beginTransfers(connection, nonce, mode);
    before = await readActivity(connection);
    connection.filterNotices((notice) => {
      const call = readTransferCall(notice, nonce);
      if (call === undefined) notices.push(notice);
      else calls.push(call);
      return true;
    });
    const result = await runToItsEnd(context);
    if (calls.length > 0 || mode === transferModes.collect) {
      await unit.undo();
      return { calls, before, answer: undefined, error: undefined };
    }
    const after = await readActivity(connection);
    const untaken = await untakenTransfers(connection, nonce);
    await unit.keep();
    return { calls, before, answer: { ...result, notices, after, untaken }, error: undefined };
  } catch (error) {
    await unit.undo();
    return { calls, before, answer: undefined, error: endedByCall(error, mode, calls) ? undefined : error };
  } finally {
    connection.filterNotices(undefined);
  }
}

function endedByCall(error: unknown, mode: TransferMode, calls: readonly TransferCall[]): boolean {
  return mode !== transferModes.collect && calls.length > 0 && (error as { code?: unknown }).code === '57014';
}

async function runToItsEnd({ connection, statement, session }: StatementContext) {
  const { text, values, types, resultFormats } = statement;
  // What parallel workers do is not reported, and what a run begins with must be the same each time.
  const settings = connection.run(
    `SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', true), pg_catalog.set_config('synchronize_seqscans', 'off', true)`,
  );
  settings.catch(() => {});
  if (session.readOnly) connection.run('SET TRANSACTION READ ONLY').catch(() => {});
  const bound = values === undefined ? {} : { values, ...(types !== undefined && { types }) };
  const opened = connection.openPortal(PORTAL, text, { ...bound, resultFormats });
  opened.catch(() => {});
  let fetched = connection.fetchAnswer(PORTAL, FETCH_ROWS, resultFormats);
  fetched.catch(() => {});
  const fields = await opened;
  const rows: AnswerRow[] = [];
  for (;;) {
    const part = await fetched;
    if (rows.length + part.rows.length <= MOST_ROWS) rows.push(...part.rows);
    else throw new RangeError('the answer is too long');
    if (part.done) {
      await connection.closePortal(PORTAL);
      return { fields, rows, commandTag: part.commandTag };
    }
    fetched = connection.fetchAnswer(PORTAL, FETCH_ROWS, resultFormats);
    fetched.catch(() => {});
  }
}
