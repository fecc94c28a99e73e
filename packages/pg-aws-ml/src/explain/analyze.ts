import type { MlFunctionName } from 'aws-ml-core';
import { type BatchPlan, type Node, someNode, tryDeparse } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import { executeBatchPlan } from '../execute/batch-plan-executor.js';
import { callsUnnamed, functionsOf, openRun } from '../execute/open-run.js';
import { chargeServiceTime } from '../monitoring/service-time.js';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import { checkExecutePrivilege, validateNatively } from '../natively/validate-natively.js';
import { withOverloads } from '../natively/with-overloads.js';
import { asServerError } from '../pool-state/as-server-error.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { StatementDeadline } from '../pool-state/statement-deadline.js';
import { WayRefused } from '../pool-state/way-refused.js';
import { collectRounds } from '../replay/collect-rounds.js';
import { MlMentions } from '../replay/ml-mentions.js';
import { reachesMlUnseen, writesReachMl } from '../replay/reaches-ml.js';
import type { BoundSql, Replay } from '../replay/replay.js';
import { shadowOf } from '../replay/shadows/shadow-of.js';
import { featureNotSupported } from '../server/database-error.js';
import type { RawResult, StatementDescription } from '../server/server-connection.js';
import { discard } from '../server/statement.js';
import { inUnit, settle } from '../server/transaction.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';
import { sessionNonce } from '../stubs/session-nonce.js';
import { explainResults } from './explain-results.js';
import { InvocationsByTarget } from './invocations-by-target.js';
import { statsLines, type TargetLines } from './plan-lines.js';
import type { Explained } from './run-explain.js';
import { tryMigrated } from './try-migrated.js';

export interface Analyzed {
  readonly result: RawResult;
  /** Undefined where nothing can be said of the calls. */
  readonly targets: readonly TargetLines[] | undefined;
  /** What the result is the plan of. */
  readonly shown: Explained;
}

/**
 * Finds out what the statement's ML calls give, without changing anything, and lets the server run and explain it with
 * the results at hand: so every request is sent once, and what the statement writes is written once.
 */
export async function analyze(given: StatementContext, explained: Explained): Promise<Analyzed> {
  const { connection, session, state } = given;
  refuseTextSettings(session);
  const description = await validate(given, explained);
  const { parameterTypes } = description;
  given.watch?.validated?.();
  const { shown } = await tryMigrated(given, explained, parameterTypes);
  const deadline = new StatementDeadline(session.statementTimeout, given.signal);
  const context = { ...given, signal: deadline.signal };
  const batched = await isBatched(context, explained);
  const open = () =>
    state.invoker.openStatement({
      signal: deadline.signal,
      isolateErrors: !batched,
      observer: given.watch,
      budgetOwner: given.statement,
    });
  const invocations = new InvocationsByTarget(open, !session.functionMigration);
  const replay: Replay = {
    context,
    nonce: sessionNonce(connection),
    outcomes: new CallOutcomes(),
    invocations,
  };
  await settle(context);
  try {
    const { plan } = explained;
    given.watch?.runs?.(batched ? 'batch' : 'replay');
    const executed = batched && plan.kind === 'batch' && (await execute(replay, plan, description));
    if (executed) chargeServiceTime(context, invocations.stats());
    else await collectRounds(replay, await collectable(replay, explained, parameterTypes));
    replay.outcomes.add(invocations.calls());
    const tolerant = isRead(explained.explain.query) && (executed || everyCallIsShown(shown));
    const explainedWith = await explainResults(replay, shown, parameterTypes, tolerant);
    return {
      ...explainedWith,
      targets: invocations.targets().map((target) => statsLines(target, session.functionMigration)),
    };
  } catch (error) {
    if (error instanceof WayRefused) {
      throw featureNotSupported(
        `EXPLAIN ANALYZE cannot run a statement whose calls are answered live: ${error.message}`,
      );
    }
    const raised = await asServerError(connection, error, deadline);
    replay.outcomes.describe(raised);
    throw raised;
  } finally {
    deadline.clear();
    invocations.close();
  }
}

/** Everything that PostgreSQL can refuse, before any request: also the options, which it looks at last. */
async function validate(context: StatementContext, { explain, plan }: Explained): Promise<StatementDescription> {
  const { connection, statement } = context;
  return withOverloads(context, async () => {
    const [, , description] = await Promise.all([
      connection.describe(statement.text, statement.types ?? []),
      connection.run(`${explain.prefix}SELECT`),
      validateNatively(connection, { ...statement, text: explain.text }),
      checkExecutePrivilege(context, plan.kind === 'batch' ? functionsOf(plan) : new Set<MlFunctionName>()),
    ]);
    return description;
  });
}

/** Whether a statement only reads, as far as its text tells. */
const isRead = (query: Node): boolean =>
  'SelectStmt' in query &&
  query.SelectStmt.intoClause === undefined &&
  !someNode(query, (n) => ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some((tag) => tag in n));

/** Whether no ML call is hidden in a function that might do something with a NULL. */
const everyCallIsShown = ({ migration }: Explained): boolean =>
  migration?.changed === true && migration.kept.length === 0;

/** Whether the statement is one that the engine splits, and whose base queries may run before it. */
async function isBatched(context: StatementContext, { explain, plan }: Explained): Promise<boolean> {
  return (
    plan.kind === 'batch' &&
    plan.baseWrites === undefined &&
    !callsUnnamed(context.session, plan) &&
    !(await reachesMlUnseen(context, explain.query))
  );
}

/**
 * Runs a batch plan as far as its ML calls go, and undoes it.
 * @returns false where execution shows that the statement can't be split
 */
async function execute(
  replay: Replay,
  plan: BatchPlan,
  { parameterTypes, fields }: StatementDescription,
): Promise<boolean> {
  const { context, invocations } = replay;
  const parameters = { values: context.statement.values ?? [], types: parameterTypes };
  try {
    await inUnit(context, { keep: false, undone: UndoneCalls.of(context) }, async () => {
      const asking = askingPart(plan);
      const run = openRun(context, parameters, invocations);
      await executeBatchPlan(run, asking, asking.stream === undefined ? null : fields, discard);
    });
    return true;
  } catch (error) {
    if (error instanceof WayRefused) return false;
    throw error;
  }
}

/** As much of a plan as makes its ML calls; where rows are answered as they come a LIMIT may end it. */
function askingPart(plan: BatchPlan): BatchPlan {
  return plan.stream === undefined ? { ...plan, remainder: { parts: ['SELECT'], relations: [] } } : plan;
}

/** What makes the same ML calls as the statement: a query if there is one, else the statement itself. */
async function collectable({ context }: Replay, { explain }: Explained, types: readonly number[]): Promise<BoundSql> {
  const bound = { values: context.statement.values ?? [], types };
  const reach = await context.state.catalog.mlReach(context.connection);
  const hidden = await writesReachMl(context, explain.query);
  const shadow = hidden ? undefined : shadowOf(explain.query, new MlMentions(reach));
  await settle(context);
  if (shadow === undefined) return { ...bound, text: context.statement.text };
  return { ...bound, text: tryDeparse(shadow) ?? explain.text };
}
