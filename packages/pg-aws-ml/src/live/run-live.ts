import type { Node } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import { standsAlone } from '../recognise/statement-kind.js';
import { inUnit, settle } from '../server/transaction.js';
import type { CallOutcomes } from '../stubs/call-outcomes.js';
import { portalName } from '../stubs/names.js';
import { LiveCalls } from './live-calls.js';

const FETCH_ROWS = 1000;
const PORTAL = portalName('live');

/**
 * Runs a statement as it is, while each ML call waits for its own result: one input a request, in order. Leaves the
 * connection synced.
 *
 * @param outcomes results that are known already; they need no request
 */
export async function runLive(context: StatementContext, node: Node, outcomes: CallOutcomes): Promise<void> {
  const { connection } = context;
  const calls = await LiveCalls.open(context, outcomes);
  connection.filterNotices((notice) => calls.take(notice));
  try {
    await (endsTransactions(node, context) ? runAcrossTransactions(context, calls) : runInTransaction(context, calls));
  } catch (error) {
    await connection.sync().catch(() => calls.abandon());
    throw error;
  } finally {
    connection.filterNotices(undefined);
    calls.close();
  }
}

/** Whether the statement may COMMIT on its way: only where no block is open. */
const endsTransactions = (node: Node, { inBlock }: StatementContext): boolean =>
  ('CallStmt' in node || 'DoStmt' in node || 'ReindexStmt' in node || standsAlone(node)) && !inBlock;

/** All that is ours ends with the transaction, or before it in an open block. */
async function runInTransaction(context: StatementContext, calls: LiveCalls): Promise<void> {
  const run = () => runToItsEnd(context, calls);
  context.sink.commandComplete(await (context.inBlock ? run() : inUnit(context, { keep: true }, run)));
}

/** @returns the command tag */
async function runToItsEnd(context: StatementContext, calls: LiveCalls): Promise<string> {
  const { connection, inBlock, statement, sink } = context;
  calls.enter('transaction').catch(() => {});
  const { values = [], types = [], resultFormats } = statement;
  const fields = await connection.openPortal(PORTAL, statement.text, { values, types, resultFormats });
  if (fields !== null) await sink.rowDescription(fields);
  for (;;) {
    const { rows, done, commandTag } = await connection.fetchAnswer(PORTAL, FETCH_ROWS, resultFormats);
    if (rows.length > 0) await sink.rows(rows);
    if (!done) continue;
    await connection.closePortal(PORTAL);
    // Deferred triggers would call when the transaction commits.
    if (!inBlock) await connection.run('SET CONSTRAINTS ALL IMMEDIATE');
    await calls.leave(connection, 'transaction');
    return commandTag;
  }
}

async function runAcrossTransactions(context: StatementContext, calls: LiveCalls): Promise<void> {
  const { connection, statement, sink } = context;
  // Nothing of the current transaction belongs to the statement's first one.
  await settle(context);
  await calls.enter('session');
  await settle(context);
  try {
    const { values = [], types = [], resultFormats } = statement;
    const result = await connection.runAnswer(statement.text, { values, types, resultFormats });
    await settle(context);
    if (result.fields !== null) {
      await sink.rowDescription(result.fields);
      await sink.rows(result.rows);
    }
    sink.commandComplete(result.commandTag);
  } finally {
    await settle(context).catch(() => {});
    await calls.leave(connection, 'session');
    await settle(context);
  }
}
