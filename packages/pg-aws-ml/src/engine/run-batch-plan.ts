import { AwsMlError, type MlFunctionName, type StatementInvocations } from 'aws-ml-core';
import type { BatchPlan } from 'pg-rewriter';
import { executeBatchPlan } from '../execute/batch-plan-executor.js';
import { EvaluationCounts } from '../execute/evaluation-counts.js';
import { NotSplittable, type StatementRun, type UserParameters } from '../execute/statement-run.js';
import { raiseError, type ServerMessage, serverMessage } from '../extension/server-message.js';
import { countBatches } from '../monitoring/count-batches.js';
import type { PlannedStatement } from '../plan/statement-cache.js';
import type { ServerConnection, StatementDescription } from '../server/server-connection.js';
import { inUnit, settle } from '../server/transaction.js';
import { ensureExactOverloads } from '../validate/exact-overloads.js';
import { checkExecutePrivilege, explainNatively, validateNatively } from '../validate/validate-natively.js';
import { withOverloads } from '../validate/with-overloads.js';
import type { StatementContext } from './session-context.js';
import { StatementDeadline, timeoutMessage } from './statement-deadline.js';

/**
 * Validates a statement natively and executes its plan. Outside of a block it is committed then.
 *
 * @param remembered what is known of the statement from an earlier run; without it nothing is remembered
 * @throws NotSplittable before anything was answered or written; the connection is ready for another attempt
 */
export async function runBatchPlan(
  context: StatementContext,
  plan: BatchPlan,
  remembered?: PlannedStatement,
): Promise<void> {
  const { session, inBlock } = context;
  if (!plan.singleSnapshot) {
    await runChecked(context, plan, remembered);
    await settle(context);
  } else if (!inBlock) {
    const within = { ...context, inBlock: true };
    await inUnit(context, { isolation: 'REPEATABLE READ', keep: true }, () => runChecked(within, plan, remembered));
  } else if (session.transactionIsolation === 'read committed') {
    throw new NotSplittable('the statement reads tables in several queries, which need one snapshot');
  } else {
    await runChecked(context, plan, remembered);
  }
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
  const [description] = await withOverloads(
    context,
    () => Promise.all([validateNatively(connection, statement), checkExecutePrivilege(context, functionsOf(plan))]),
    () => ensureExactOverloads(context, plan),
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
  const deadline = new StatementDeadline(session.statementTimeout, context.signal);
  const invocations = state.invoker.openStatement({ signal: deadline.signal, observer: context.watch });
  const parameters = { values: statement.values ?? [], types: description.parameterTypes };
  const counts = session.trackFunctions === 'none' ? undefined : new EvaluationCounts();
  const run = { ...openRun({ ...context, signal: deadline.signal }, parameters, invocations), counts };
  let isSplit = true;
  try {
    await executeBatchPlan(run, plan, description.fields, sink);
  } catch (error) {
    isSplit = !(error instanceof NotSplittable);
    throw await asServerError(connection, error, deadline);
  } finally {
    deadline.clear();
    if (counts !== undefined && isSplit) countBatches(context, counts, invocations.stats());
    invocations.close();
  }
}

/** A run of a batch plan under the context's signal, without rows yet and without counting. */
export const openRun = (
  { connection, session, state, signal }: StatementContext,
  parameters: UserParameters,
  invocations: StatementInvocations,
): StatementRun => ({
  connection,
  parameters,
  invocations,
  typeNames: state.typeNames,
  signal,
  lossyOutput: session.lossyOutput,
  maySpill: session.mayCreateTemporary && !session.readOnly,
  tables: new Map(),
  counts: undefined,
  rows: new Map(),
  types: new Map(),
});

export const functionsOf = (plan: BatchPlan): Set<MlFunctionName> =>
  new Set(plan.pipelines.flatMap((p) => p.stages.flatMap((s) => s.calls.map((c) => c.function))));

/** A failure of ours is raised by the server, so that the application and its transaction see it as any other. */
export async function asServerError(
  connection: ServerConnection,
  error: unknown,
  deadline?: StatementDeadline,
): Promise<unknown> {
  const message = messageOf(error, deadline);
  if (message === undefined) return error;
  return raiseError(connection, message).catch((raised: unknown) => raised);
}

function messageOf(error: unknown, deadline?: StatementDeadline): ServerMessage | undefined {
  const aborted = error instanceof AwsMlError || (error as { name?: unknown } | undefined)?.name === 'AbortError';
  if (deadline?.passed && aborted) return timeoutMessage;
  return error instanceof AwsMlError ? serverMessage(error) : undefined;
}
