import type { Node } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import { canRunLive } from '../live/live-calls.js';
import { runLive } from '../live/run-live.js';
import { publishCounts } from '../monitoring/run-statistics.js';
import { asServerError } from '../pool-state/as-server-error.js';
import { wayDeclined } from '../pool-state/forced-way.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { runsProgram } from '../recognise/statement-kind.js';
import { NeedsLive } from '../replay/collect-rounds.js';
import { replayStatement } from '../replay/replay-statement.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';

/**
 * Runs a statement that has no batch plan: by replay, or live where that can't work and in row mode. Leaves the
 * connection synced.
 *
 * @param reason why it has none, in words without customer text
 */
export async function runUnsplit(context: StatementContext, node: Node, reason: string): Promise<void> {
  refuseTextSettings(context.session);
  const outcomes = new CallOutcomes();
  const { forcedWay } = context.state;
  const outlived = 'DeclareCursorStmt' in node;
  if (forcedWay === 'batch') throw wayDeclined('batch', reason);
  if (forcedWay === 'live' && outlived) throw wayDeclined('live', 'a cursor is read when its statement has ended');
  try {
    if (forcedWay === 'live') throw new NeedsLive('a test forces it');
    if (runsProgram(node)) throw new NeedsLive('the statement runs a program');
    const inRows = !context.session.functionMigration && !outlived && canRunLive(context);
    if (forcedWay === undefined && inRows) throw new NeedsLive('row mode');
    context.watch?.runs?.('replay', reason);
    await replayStatement(context, node, outcomes);
  } catch (error) {
    if (!(error instanceof NeedsLive)) throw await asServerError(context.connection, error);
    if (forcedWay === 'replay') throw wayDeclined('replay', error.message);
    context.watch?.runs?.('live', error.message);
    await runLive(context, node, outcomes);
  } finally {
    // What was counted in vain has been taken off: so the server's counts must show.
    if (context.session.trackFunctions !== 'none') await publishCounts(context).catch(() => {});
  }
}
