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
import type { CteColumns } from '../analysis/scope.js';
import { andAll } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect } from '../ast/node.js';
import { mapNodes } from '../ast/walk.js';
import type { PlanContext } from '../plan-context.js';
import type { Pipeline, PlannedQuery } from './plan-tree.js';
import { withDefinitions } from './with-definitions.js';

export interface PlannedBlock {
  readonly select: SelectStmt;
  readonly pipelines: readonly Pipeline[];
}

/** @param plan plans a query that stands for itself */
export function planLimitedSubqueries(
  block: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns,
  plan: (query: SelectStmt) => PlannedQuery,
): PlannedBlock {
  const pipelines: Pipeline[] = [];
  const planSubquery = (node: Node): Node | undefined => {
    if ('CaseExpr' in node || 'CoalesceExpr' in node || ('BoolExpr' in node && !isNegation(node))) return node;
    if (!('SubLink' in node)) return undefined;
    const query = asSelect(node.SubLink.subselect);
    if (query?.limitCount === undefined || !ctx.hasMlCall(query) || isCorrelated(query, ctx, ctes)) return node;
    const planned = plan(withDefinitions(query, block, ctx));
    pipelines.push(...planned.pipelines);
    return { SubLink: { ...node.SubLink, subselect: { SelectStmt: planned.query } } };
  };
  const where = andAll(conjuncts(block.whereClause).map((predicate) => mapNodes(predicate, planSubquery)));
  return pipelines.length === 0 || where === undefined
    ? { select: block, pipelines: [] }
    : { select: { ...block, whereClause: where }, pipelines };
}

/** `NOT IN` and `NOT EXISTS` are negations. */
const isNegation = (node: Node): boolean => 'BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR';
