/** Applies the rules of the list, watched where somebody watches. */

import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import type { Node, SelectStmt } from '../ast/node.js';
import type { Steps } from '../steps.js';
import { checkQueryRule, checkStatementRule } from './check-rule.js';
import { type Purpose, queryRules, type Stage, statementRules } from './list.js';

export function* runStatementRules(statement: Node, ctx: PlanContext): Steps<Node> {
  let tree = statement;
  for (const { rule } of statementRules) {
    const before = tree;
    tree = rule.apply(before, ctx);
    if (ctx.watch?.checks) checkStatementRule(rule, before, tree, ctx);
    if (tree !== before) ctx.watch?.applied?.({ rule: rule.name, before, after: tree });
    yield;
  }
  return tree;
}

/** @param ctes the WITH queries in scope of the rules: for the stage `query` those around it */
export function* runQueryRules(
  select: SelectStmt,
  stage: Stage,
  purpose: Purpose,
  ctx: PlanContext,
  ctes: CteColumns,
): Steps<SelectStmt> {
  let query = select;
  for (const { rule, ...place } of queryRules) {
    if (place.stage !== stage || !place.purposes.includes(purpose)) continue;
    const before = query;
    query = rule.apply(before, ctx, ctes);
    if (ctx.watch?.checks) checkQueryRule(rule, before, query, ctx, ctes);
    if (query !== before) ctx.watch?.applied?.({ rule: rule.name, before, after: query });
    yield;
  }
  return query;
}
