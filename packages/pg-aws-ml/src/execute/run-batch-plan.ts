import type { BatchPlan } from 'pg-rewriter';
import { checkExecutePrivilege, explainNatively, validateNatively } from '../natively/validate-natively.js';
import { withOverloads } from '../natively/with-overloads.js';
import { asServerError } from '../pool-state/as-server-error.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { StatementDeadline } from '../pool-state/statement-deadline.js';
import { WayRefused } from '../pool-state/way-refused.js';
import type { StatementDescription } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { executeBatchPlan } from './batch-plan-executor.js';
import { countBatches } from './count-batches.js';
import { EvaluationCounts } from './evaluation-counts.js';
import { HeldResult } from './held-result.js';
import { functionsOf, openRun } from './open-run.js';

/** The protocol has 65,535 for a statement: some are left for the columns of the rows in between. */
const MOST_USER_PARAMETERS = 63_000;

/**
 * Validates a statement natively and executes its plan. Outside of a block it is committed then.
 *
 * @param remembered what is known of the statement from an earlier run; without it nothing is remembered
 * @throws WayRefused before anything was answered or written; the connection is ready for another attempt
 */
export async function runBatchPlan(
  context: StatementContext,
  plan: BatchPlan,
  remembered?: PlannedStatement,
): Promise<void> {
  const within = { ...context, inBlock: true };
  if (plan.baseWrites !== undefined) {
    // Natively nobody sees a row before all are written.
    const answer = new HeldResult();
    await inUnit(context, { keep: true }, () => runChecked({ ...within, sink: answer }, plan, remembered));
    await answer.passTo(context.sink);
    return;
  }
  if (plan.singleSnapshot && !context.inBlock) {
    await inUnit(context, { isolation: 'REPEATABLE READ', keep: true }, () => runChecked(within, plan, remembered));
    return;
  }
  await runChecked(context, plan, remembered);
  await settle(context);
}

async function runChecked(context: StatementContext, plan: BatchPlan, remembered?: PlannedStatement): Promise<void> {
  const known = remembered?.description;
  // The base query travels together with the checks: the server skips it where one of them fails.
  const checked = known === undefined ? undefined : checkAgain(context, plan);
  const description = known ?? (await validate(context, plan));
  if (remembered !== undefined) remembered.description = description;
  await bothDone(checked, execute(context, plan, description));
}

/** Waits for both however the other ends: the connection is theirs until then. The checks' failure comes first. */
async function bothDone(checks: Promise<void> | undefined, execution: Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled([checks, execution]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function validate(context: StatementContext, plan: BatchPlan): Promise<StatementDescription> {
  const { connection, statement } = context;
  const [description] = await withOverloads(context, () =>
    Promise.all([validateNatively(connection, statement), checkExecutePrivilege(context, functionsOf(plan))]),
  );
  context.watch?.validated?.();
  return description;
}

async function checkAgain(context: StatementContext, plan: BatchPlan): Promise<void> {
  const { connection, statement } = context;
  await Promise.all([explainNatively(connection, statement), checkExecutePrivilege(context, functionsOf(plan))]);
  context.watch?.validated?.();
}

async function execute(context: StatementContext, plan: BatchPlan, description: StatementDescription): Promise<void> {
  const { connection, statement, session, sink, state } = context;
  if (description.parameterTypes.length > MOST_USER_PARAMETERS)
    throw new WayRefused('batch', 'it has too many parameters');
  const deadline = new StatementDeadline(session.statementTimeout, context.signal);
  const invocations = state.invoker.openStatement({
    signal: deadline.signal,
    observer: context.watch,
    budgetOwner: statement,
  });
  const parameters = { values: statement.values ?? [], types: description.parameterTypes };
  const counts = session.trackFunctions === 'none' ? undefined : new EvaluationCounts();
  const run = { ...openRun({ ...context, signal: deadline.signal }, parameters, invocations), counts };
  let isSplit = true;
  try {
    await executeBatchPlan(run, plan, description.fields, sink);
  } catch (error) {
    isSplit = !(error instanceof WayRefused);
    throw await asServerError(connection, error, deadline);
  } finally {
    deadline.clear();
    if (counts !== undefined && isSplit) countBatches(context, counts, invocations.stats());
    invocations.close();
  }
}
