import type { Node, Plan } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import { callsUnnamed } from '../execute/open-run.js';
import { runBatchPlan } from '../execute/run-batch-plan.js';
import { canRunLive } from '../live/live-calls.js';
import { runLive } from '../live/run-live.js';
import { publishCounts } from '../monitoring/run-statistics.js';
import { asServerError } from '../pool-state/as-server-error.js';
import { wayDeclined } from '../pool-state/forced-way.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { WayRefused } from '../pool-state/way-refused.js';
import { runsProgram, standsAlone } from '../recognise/statement-kind.js';
import { movedCursors } from '../replay/moves-cursors.js';
import { reachesMlUnseen } from '../replay/reaches-ml.js';
import { replayStatement, validated } from '../replay/replay-statement.js';
import { featureNotSupported } from '../server/database-error.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';
import { chooseWay, type WayFacts } from './choose-way.js';

/** What the choice of a way is made from, before any way has been tried. */
export async function wayFacts(context: StatementContext, node: Node, plan: Plan): Promise<WayFacts> {
  const { session, inBlock, state } = context;
  return {
    planDeclined: plan.kind === 'declined' ? plan.message : plan.kind === 'plain' ? NO_CALLS_SHOWN : undefined,
    hasUnseenCalls: plan.kind === 'batch' && (await reachesMlUnseen(context, node)),
    lacksSnapshot:
      plan.kind === 'batch' && plan.singleSnapshot && inBlock && session.transactionIsolation === 'read committed',
    callsUnnamed: plan.kind === 'batch' && callsUnnamed(session, plan),
    functionMigration: session.functionMigration,
    mayRunLive: canRunLive(context),
    runsProgram: runsProgram(node),
    standsAlone: standsAlone(node),
    declaresCursor: 'DeclareCursorStmt' in node,
    movesCursors: (await movedCursors(context)).any,
    refusals: {},
    forced: state.forcedWay,
  };
}

const NO_CALLS_SHOWN = 'functions, triggers or policies make the calls';

/**
 * Runs a statement that makes ML calls in the way that `chooseWay` says. Leaves the connection synced.
 *
 * @param planned what the planner says of it, and how the server described it before
 */
export async function runByWay(context: StatementContext, node: Node, planned: PlannedStatement): Promise<void> {
  const { session, watch } = context;
  refuseTextSettings(session);
  let facts = await wayFacts(context, node, planned.plan);
  // A replay that refuses hands on what the services have answered.
  const outcomes = new CallOutcomes();
  for (;;) {
    const { way, reason } = chooseWay(facts);
    if (way === 'none') throw noWay(facts, reason ?? '');
    watch?.runs?.(way, reason);
    try {
      if (way === 'batch') await runPlan(context, planned);
      else if (way === 'replay') await replayStatement(context, node, outcomes);
      else {
        // A replay that refuses has done so.
        if (facts.refusals.replay === undefined) await validated(context, node);
        await runLive(context, node, outcomes);
      }
      return;
    } catch (error) {
      if (!(error instanceof WayRefused)) throw way === 'batch' ? error : await failure(context, outcomes, error);
      facts = { ...facts, refusals: { ...facts.refusals, [error.way]: error.reason } };
    } finally {
      // What was counted in vain has been taken off: so the server's counts must show.
      if (way !== 'batch' && session.trackFunctions !== 'none') await publishCounts(context).catch(() => {});
    }
  }
}

async function failure(context: StatementContext, outcomes: CallOutcomes, error: unknown): Promise<unknown> {
  const raised = await asServerError(context.connection, error);
  outcomes.describe(raised);
  return raised;
}

async function runPlan(context: StatementContext, planned: PlannedStatement): Promise<void> {
  if (planned.plan.kind !== 'batch') throw new Error('no batch plan to run');
  await runBatchPlan(context, planned.plan, planned);
}

function noWay({ forced }: WayFacts, reason: string): Error {
  if (forced !== undefined) return wayDeclined(forced, reason);
  return featureNotSupported(`the ML calls of the statement cannot be made: ${reason}`);
}
