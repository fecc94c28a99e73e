import type { CopyStmt } from '@pgsql/types';
import type { Node } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import { LiveCalls } from '../live/live-calls.js';
import { wayDeclined } from '../pool-state/forced-way.js';
import { observed } from '../pool-state/observed.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { copyRunsMl } from '../replay/reaches-ml.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { NativeRun, StatementOutcome } from '../server/statement.js';
import { settle, TransactionUnit } from '../server/transaction.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';
import { statementKind } from './statement-handler.js';

/** The `COPY … FROM STDIN` that a statement is: it copies into a table what the client sends. */
export const copyFromClient = (node: Node): CopyStmt | undefined =>
  'CopyStmt' in node && node.CopyStmt.is_from && !node.CopyStmt.filename && !node.CopyStmt.is_program
    ? node.CopyStmt
    : undefined;

/**
 * Leaves the session such that `COPY … FROM STDIN`, run by whoever has its data, gets the result of each ML call while it
 * runs: of triggers, defaults, constraints and its WHERE. In a transaction of its own, or in the open block.
 */
export async function prepareCopyFrom(
  context: StatementContext,
  node: Node,
  copy: CopyStmt,
): Promise<StatementOutcome> {
  const { session, state, statement } = context;
  // What may not write, the server refuses.
  const writes = !session.readOnly && !session.inRecovery;
  if (!writes || !(state.names.recogniser.reachesUnnamed(statement.text) || (await copyRunsMl(context, copy)))) {
    await settle(context);
    return 'pass-through';
  }
  refuseTextSettings(session);
  return new Promise((resolve, reject) => {
    observed(
      context,
      node,
      (watched) =>
        new Promise((onEnd, onFailure) => void nativeRun(watched, onEnd, onFailure).then(resolve, onFailure)),
    ).catch(reject);
  });
}

async function nativeRun(
  context: StatementContext,
  onEnd: (ended: undefined) => void,
  onFailure: (error: unknown) => void,
): Promise<NativeRun> {
  const { connection, state } = context;
  const { forcedWay = 'live' } = state;
  if (forcedWay !== 'live') throw wayDeclined(forcedWay, 'the rows come from the client');
  context.watch?.runs?.('live', 'the rows come from the client');
  const outcomes = new CallOutcomes();
  const calls = await LiveCalls.open(context, outcomes);
  const own = context.inBlock ? undefined : TransactionUnit.begin(context);
  try {
    await calls.enter('transaction');
    await connection.sync();
  } catch (error) {
    calls.close();
    await own?.undo().catch(() => {});
    throw error;
  }
  return {
    takesNotice: (notice) => calls.take(notice),
    failed: (error) => outcomes.describe(error),
    finish: async (ready) => {
      const failed = ready.transactionStatus !== 'T';
      try {
        await finish(ready, own, calls);
        if (failed) onFailure(new Error('the statement failed'));
        else onEnd(undefined);
      } catch (error) {
        onFailure(error);
        throw error;
      } finally {
        calls.close();
      }
    },
    abandon: () => {
      onFailure(new Error('the connection is lost'));
      void calls.abandon().finally(() => calls.close());
    },
  };
}

/** A failed block stays as it is: whatever ends it ends what was prepared. */
async function finish(connection: ServerConnection, own: TransactionUnit | undefined, calls: LiveCalls): Promise<void> {
  if (connection.transactionStatus !== 'T') {
    await own?.undo('statement', connection);
    return;
  }
  connection.filterNotices((notice) => calls.take(notice));
  try {
    // Deferred triggers would call when the transaction commits.
    if (own !== undefined) await connection.run('SET CONSTRAINTS ALL IMMEDIATE');
    await calls.leave(connection, 'transaction');
    await own?.keep(connection);
  } catch (error) {
    await own?.undo('statement', connection).catch(() => {});
    throw error;
  } finally {
    connection.filterNotices(undefined);
  }
}

/** COPY from the client. */
export const copyFrom = statementKind<StatementContext, CopyStmt>({
  name: 'copy-from',
  claims: copyFromClient,
  run: (context, claim, node) => prepareCopyFrom(context, node, claim),
});
