import { AwsMlError, type Invocation, type MlCall, type StatementInvocations } from 'aws-ml-core';
import { type BatchPlan, keepQueryText, type Node } from 'pg-rewriter';
import { executeBatchPlan } from '../execute/batch-plan-executor.js';
import { functionsOf, openRun } from '../execute/open-run.js';
import { chargeServiceTime } from '../monitoring/service-time.js';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import { planWithFacts } from '../plan/plan-with-facts.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { discard } from '../server/statement.js';
import { settle, TransactionUnit } from '../server/transaction.js';
import { keyOf } from '../stubs/call-outcomes.js';
import { describeOnly, endStubMode } from '../stubs/stub-mode.js';
import { collectRounds } from './collect-rounds.js';
import { MlMentions } from './ml-mentions.js';
import { writesReachMl } from './reaches-ml.js';
import { refreshedQuery } from './refreshed-query.js';
import type { BoundSql, Replay } from './replay.js';
import { shadowOf } from './shadows/shadow-of.js';

/** A SELECT that makes the calls of a statement and changes nothing. */
export interface Shadow {
  readonly node: Node;
  readonly sql: BoundSql;
}

/** The SELECT that makes the calls of a statement; undefined where there is none. */
export async function shadowNode(context: StatementContext, node: Node): Promise<Node | undefined> {
  const { connection, state } = context;
  const ml = new MlMentions(await state.catalog.mlReach(connection));
  if (await writesReachMl(context, node)) return undefined;
  return (await refreshedQuery(context, node)) ?? shadowOf(showingText(context, node), ml);
}

/** The statement with its text where it asks for that: it stands in for it under another one. */
export const showingText = ({ statement, session }: StatementContext, node: Node): Node =>
  keepQueryText(node, statement.shown ?? statement.text, session.searchPath);

/**
 * Gets the outcomes of a shadow's calls: by its batch plan where it has one, else by collecting.
 *
 * @param mayMiss as of `collectRounds`
 */
export async function readShadow(replay: Replay, { node, sql }: Shadow, mayMiss = false): Promise<void> {
  const { context } = replay;
  const plan = await planWithFacts(context, node, `${context.statement.text} ${sql.text}`);
  await settle(context);
  if (plan.kind === 'plain') return;
  if (plan.kind === 'batch' && maySplit(context, plan) && (await executed(replay, sql, plan))) return;
  await collectRounds(replay, sql, mayMiss);
}

/** Whether every call may be made: else the server denies the statement where it comes to one, or it doesn't. */
const maySplit = ({ session }: StatementContext, plan: BatchPlan): boolean =>
  session.functionMigration && [...functionsOf(plan)].every((name) => session.executable.has(name));

/** False where execution shows that the shadow can't be split, or fails. */
async function executed(replay: Replay, sql: BoundSql, plan: BatchPlan): Promise<boolean> {
  const { context, outcomes } = replay;
  const { connection, state, signal } = context;
  const invocations = state.invoker.openStatement({
    signal,
    observer: context.watch,
    budgetOwner: context.statement,
  });
  const invoked = new Map<Invocation, string>();
  const unit = TransactionUnit.begin(context, { undone: UndoneCalls.of(context) });
  connection.filterNotices(() => true);
  try {
    const [, { fields }] = await Promise.all([
      describeOnly(connection),
      connection.describe(sql.text, sql.types),
      endStubMode(connection),
    ]);
    const run = openRun(context, sql, recording(invocations, invoked));
    await executeBatchPlan(run, plan, fields, discard);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    // The shadow makes exactly the calls that the statement needs.
    if (error instanceof AwsMlError) throw error;
    // So it is for a cancel, which may have hit the wait for a service. Another failure may be that of the statement: a run
    // that gets what has been answered comes to it after the same calls, or needs more.
    if ((error as { code?: unknown } | undefined)?.code === '57014') throw error;
    return false;
  } finally {
    outcomes.add(swapped(invoked));
    chargeServiceTime(context, invocations.stats());
    invocations.close();
    await unit.undo();
    connection.filterNotices(undefined);
  }
}

function* swapped<Key, Value>(map: ReadonlyMap<Key, Value>): Generator<readonly [Value, Key]> {
  for (const [key, value] of map) yield [value, key];
}

/** The same invocations; remembers the keys of the calls that they are asked for. */
function recording(invocations: StatementInvocations, invoked: Map<Invocation, string>) {
  const enqueue = (call: MlCall): Invocation => {
    const invocation = invocations.enqueue(call);
    if (!invoked.has(invocation)) invoked.set(invocation, keyOf(call));
    return invocation;
  };
  return new Proxy(invocations, {
    get(target, property) {
      if (property === 'enqueue') return enqueue;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
