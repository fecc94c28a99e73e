/**
 * Moves ML predicates of inner joins from ON to WHERE, so that they apply after all cheap ones.
 *
 * Before: SELECT s.id FROM s JOIN v ON s.k = v.k AND (detect_sentiment(s.body, 'en')).sentiment = v.m
 * After:  SELECT s.id FROM s JOIN v ON s.k = v.k WHERE (detect_sentiment(s.body, 'en')).sentiment = v.m
 *
 * Does not rewrite: ON conditions of outer joins with an ML call: the statement declines.
 */

import { conjuncts } from '../analysis/conjuncts.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { andAll } from '../ast/build.js';
import type { JoinExpr, Node, SelectStmt } from '../ast/node.js';
import { Decline } from '../decline.js';
import type { QueryRule } from './rule.js';

export const liftJoinPredicatesRule: QueryRule = {
  name: 'lift-join-predicates',
  calls: [],
  idempotent: true,
  apply: liftJoinPredicates,
};

export function liftJoinPredicates(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const lifted: Node[] = [];
  const from = select.fromClause?.map((item) => liftFrom(item, lifted, ctx, true));
  if (from === undefined || lifted.length === 0) return select;
  const where = andAll([...conjuncts(select.whereClause), ...lifted]);
  return where === undefined ? { ...select, fromClause: from } : { ...select, fromClause: from, whereClause: where };
}

function liftFrom(item: Node, lifted: Node[], ctx: PlanContext, inner: boolean): Node {
  if (!('JoinExpr' in item)) return item;
  const join = item.JoinExpr;
  const hasMl = ctx.hasMlCall(join.quals);
  if (hasMl && (!inner || join.jointype !== 'JOIN_INNER')) {
    throw new Decline('join-shape', 'the condition of an outer join makes an ML call');
  }
  const out: JoinExpr = { ...join };
  if (join.larg !== undefined) {
    out.larg = liftFrom(join.larg, lifted, ctx, inner && ['JOIN_INNER', 'JOIN_LEFT'].includes(join.jointype ?? ''));
  }
  if (join.rarg !== undefined) {
    out.rarg = liftFrom(join.rarg, lifted, ctx, inner && ['JOIN_INNER', 'JOIN_RIGHT'].includes(join.jointype ?? ''));
  }
  if (hasMl) {
    const parts = conjuncts(join.quals);
    lifted.push(...parts.filter((p) => ctx.hasMlCall(p)));
    const kept = andAll(parts.filter((p) => !ctx.hasMlCall(p)));
    out.quals = kept ?? { A_Const: { boolval: { boolval: true } } };
  }
  return { JoinExpr: out };
}
