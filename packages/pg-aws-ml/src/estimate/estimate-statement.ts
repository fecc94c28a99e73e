import { type Node, type Plan, tryDeparse } from 'pg-rewriter';
import { planWithFacts } from '../plan/plan-with-facts.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { MlMentions } from '../replay/ml-mentions.js';
import { reachesMlUnseen } from '../replay/reaches-ml.js';
import type { BoundSql } from '../replay/replay.js';
import { shadowOf } from '../replay/shadows/shadow-of.js';
import { estimateCalls } from './estimate-calls.js';
import { estimateRequests, type TargetEstimate } from './estimate-requests.js';

/**
 * What a statement is expected to send to services, by the row counts of PostgreSQL's planner: as it would be now,
 * without what a cache knows. Runs nothing.
 * @returns undefined where that can't be told
 */
export async function estimateStatement(
  context: StatementContext,
  query: Node,
  plan: Plan,
  parameters: Omit<BoundSql, 'text'>,
): Promise<readonly TargetEstimate[] | undefined> {
  if (await reachesMlUnseen(context, query)) return undefined;
  const split = plan.kind === 'batch' ? plan : await planOfShadow(context, query);
  if (split?.kind !== 'batch') return undefined;
  const calls = await estimateCalls(context, split, parameters);
  return calls && estimateRequests(calls, context.state.invoker, !context.session.functionMigration);
}

/** The plan of the SELECT that makes the calls of a statement which can't be split itself. */
async function planOfShadow(context: StatementContext, query: Node): Promise<Plan | undefined> {
  const shadow = shadowOf(query, new MlMentions(await context.state.catalog.mlReach(context.connection)));
  const text = shadow && tryDeparse(shadow);
  return shadow === undefined || text === undefined ? undefined : planWithFacts(context, shadow, text);
}
