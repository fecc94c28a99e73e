import type { Node } from 'pg-rewriter';
import { LiveCalls } from '../live/live-calls.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { databaseError } from '../server/database-error.js';
import type { AnswerRow, RawResult, ServerConnection } from '../server/server-connection.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';
import { portalPattern } from '../stubs/names.js';
import { beginReplay } from '../stubs/replay-results.js';
import { sessionNonce } from '../stubs/session-nonce.js';
import { readStubReport } from '../stubs/stub-report.js';

/** CURSOR_OPT_HOLD of PostgreSQL's parse nodes. */
const WITH_HOLD = 0x20;

/** A cursor that the server refuses, because no transaction block is open. */
export const isMisplacedCursor = (node: Node, { inBlock }: StatementContext): boolean =>
  'DeclareCursorStmt' in node && !inBlock && ((node.DeclareCursorStmt.options ?? 0) & WITH_HOLD) === 0;

/** The queries of the application's open cursors. */
export async function openCursors(connection: ServerConnection): Promise<string[]> {
  const { rows } = await connection.run(
    `SELECT c.statement FROM pg_catalog.pg_cursors c WHERE c.name <> '' AND c.name NOT LIKE '${portalPattern}'`,
  );
  return rows.map(([query]) => query ?? '');
}

/** Whether the block has cursors, which may still read the results of the statements that declared them. */
export const hasCursors = async (connection: ServerConnection): Promise<boolean> =>
  (await openCursors(connection)).length > 0;

/**
 * Runs a FETCH or MOVE over a cursor with ML calls. The results of one that was declared have been at hand since then;
 * a function may have opened it otherwise, and nobody has asked for its inputs. Undefined for every other statement.
 */
export async function fetchFromCursor(
  context: StatementContext,
  node: Node,
): Promise<RawResult<AnswerRow> | undefined> {
  if (!('FetchStmt' in node)) return undefined;
  const { connection, state } = context;
  const { rows } = await connection.run(`SELECT c.statement FROM pg_catalog.pg_cursors c WHERE c.name = $1`, {
    values: [node.FetchStmt.portalname ?? ''],
  });
  const declared = rows[0]?.[0];
  if (declared == null || !state.names.recogniser.concerns(declared)) return undefined;
  return isDeclaration(context, declared) ? fetchDeclared(context) : fetchLive(context);
}

/** The server shows the text of the query alone for a cursor that a function has opened. */
const isDeclaration = ({ state }: StatementContext, text: string): boolean =>
  state.statements.parse(text).some(({ node }) => 'DeclareCursorStmt' in node);

const fetchRows = ({ connection, statement: { text, resultFormats } }: StatementContext) =>
  connection.runAnswer(text, { resultFormats });

/** Fetching moves the cursor, whatever is undone: no run may go before, and each call waits for its own result. */
async function fetchLive(context: StatementContext): Promise<RawResult<AnswerRow>> {
  const { connection } = context;
  const calls = await LiveCalls.open(context, new CallOutcomes());
  connection.filterNotices((notice) => calls.take(notice));
  try {
    calls.enter('transaction').catch(() => {});
    const fetched = await fetchRows(context);
    await calls.leave(connection, 'transaction');
    return fetched;
  } catch (error) {
    await connection.sync().catch(() => calls.abandon());
    throw error;
  } finally {
    connection.filterNotices(undefined);
    calls.close();
  }
}

async function fetchDeclared(context: StatementContext): Promise<RawResult<AnswerRow>> {
  const { connection } = context;
  let missed = false;
  connection.filterNotices((notice) => {
    const report = readStubReport(notice, sessionNonce(connection));
    missed ||= report?.kind === 'strict-miss';
    return report !== undefined;
  });
  try {
    beginReplay(connection, sessionNonce(connection), 'strict').catch(() => {});
    return await fetchRows(context);
  } catch (error) {
    throw missed ? databaseError('40001', 'rows changed while the cursor was being declared') : error;
  } finally {
    connection.filterNotices(undefined);
  }
}
