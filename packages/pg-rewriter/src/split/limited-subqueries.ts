/**
 * Plans the subqueries of a WHERE clause that end at a LIMIT, each as pipelines of its own: so it asks about no more rows
 * than its LIMIT needs.
 *
 * Before: SELECT id FROM orders WHERE id IN (SELECT id FROM notes WHERE (detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' LIMIT 5)
 * After:  SELECT id FROM orders WHERE id IN (SELECT r.c1 FROM ml_rows_1 r WHERE r.ml_1_sentiment = 'NEGATIVE' LIMIT 5)
 *
 * Preconditions: the subquery reads nothing of the queries around it; the predicate it stands in is always evaluated.
 * Does not plan: subqueries without LIMIT, which are replayed; those under OR, CASE and the like.
 */

import { conjuncts } from '../analysis/conjuncts.js';
import { isCorrelated } from '../analysis/correlation.js';
import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import type { Node, SelectStmt, SubLink } from '../ast/node.js';
import { asSelect } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';
import type { Steps } from '../steps.js';
import type { Pipeline, PlannedQuery } from './plan-tree.js';
import { withDefinitions } from './with-definitions.js';

export interface PlannedBlock {
  readonly select: SelectStmt;
  readonly pipelines: readonly Pipeline[];
}

/** @param plan plans a query that stands for itself */
export function* planLimitedSubqueries(
  block: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns,
  plan: (query: SelectStmt) => Steps<PlannedQuery>,
): Steps<PlannedBlock> {
  const pipelines: Pipeline[] = [];
  const planned = new Map<Node, Node>();
  for (const link of limitedSubqueries(block, ctx, ctes)) {
    const query = asSelect(link.subselect);
    if (query === undefined) continue;
    const { pipelines: own, query: over } = yield* plan(withDefinitions(query, block, ctx));
    pipelines.push(...own);
    planned.set(link.subselect as Node, { SelectStmt: over });
  }
  if (planned.size === 0) return { select: block, pipelines };
  return { select: { ...block, whereClause: mapNodes(block.whereClause as Node, (n) => planned.get(n)) }, pipelines };
}

function limitedSubqueries(block: SelectStmt, ctx: PlanContext, ctes: CteColumns): SubLink[] {
  const links: SubLink[] = [];
  const see = (node: Node): boolean => {
    if ('SubLink' in node) {
      const query = asSelect(node.SubLink.subselect);
      const limited = query?.limitCount !== undefined && ctx.hasMlCall(query) && !isCorrelated(query, ctx, ctes);
      if (limited) links.push(node.SubLink);
    }
    return false;
  };
  const isCertain = (node: Node): boolean =>
    !('SubLink' in node || 'CaseExpr' in node || 'CoalesceExpr' in node || ('BoolExpr' in node && !isNegation(node)));
  for (const predicate of conjuncts(block.whereClause)) someNode(predicate, see, isCertain);
  return links;
}

/** `NOT IN` and `NOT EXISTS` are negations. */
const isNegation = (node: Node): boolean => 'BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR';
