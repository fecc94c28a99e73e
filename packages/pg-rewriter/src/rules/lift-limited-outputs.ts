/**
 * Puts a LIMIT over ML sort keys into a subquery when other ML calls stand in the outputs: those are made for the rows
 * that the LIMIT keeps.
 *
 * Before: SELECT id, invoke_model('m', '…', '…', body) AS summary FROM t ORDER BY (detect_sentiment(body, 'en')).confidence LIMIT 5
 * After:  SELECT l.c1 AS id, invoke_model('m', '…', '…', l.c2) AS summary
 *         FROM (SELECT id AS c1, body AS c2, (detect_sentiment(body, 'en')).confidence AS c3 FROM t ORDER BY 3 LIMIT 5) l ORDER BY l.c3
 *
 * Preconditions: each row of the result comes from one row of FROM.
 * Does not rewrite: outputs whose calls are all needed for the order or for WHERE; WITH TIES; row locks.
 */

import { mapSortKeys, sortKeyExpressions } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { mapsRows } from '../analysis/rowwise.js';
import { rangeSubselect } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { forEachNode, mapNodes, someNode } from '../ast/walk.js';
import { ColumnsBelow } from './columns-below.js';
import type { QueryRule } from './rule.js';

export const liftLimitedOutputsRule: QueryRule = {
  name: 'lift-limited-outputs',
  calls: [],
  idempotent: true,
  apply: liftLimitedOutputs,
};

export function liftLimitedOutputs(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const { targetList, withClause, ...inner } = select;
  const keys = sortKeyExpressions(select);
  if (!limitsByMl(select, keys, ctx)) return select;
  const below = callsIn([keys, select.whereClause], ctx);
  const isBelow = (node: Node): boolean => below.has(fingerprint(node));
  if (!someNode(targetList, (node) => ctx.isMlCall(node) && !isBelow(node))) return select;

  const alias = ctx.freshName('ml_limited');
  const columns = new ColumnsBelow(alias);
  const outputs = mapNodes(targetList, (node) => {
    const called = 'A_Indirection' in node ? node.A_Indirection.arg : node;
    const handedUp = 'ColumnRef' in node || 'SubLink' in node || (called !== undefined && isBelow(called));
    return handedUp ? columns.reference(node) : undefined;
  });
  const sortClause = mapSortKeys(select, (key) => columns.reference(key)) ?? [];
  const innerSort = mapSortKeys(select, (key) => key) ?? [];
  const limited: SelectStmt = { ...inner, targetList: columns.targets, sortClause: innerSort };
  return {
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
    ...(withClause === undefined ? {} : { withClause }),
    ...(outputs === undefined ? {} : { targetList: outputs }),
    fromClause: [rangeSubselect(limited, alias)],
    sortClause,
  };
}

function limitsByMl(select: SelectStmt, keys: readonly Node[], ctx: PlanContext): boolean {
  if (select.limitCount === undefined || select.limitOption === 'LIMIT_OPTION_WITH_TIES') return false;
  return select.lockingClause === undefined && ctx.hasMlCall(keys) && mapsRows(select, ctx);
}

function callsIn(tree: unknown, ctx: PlanContext): Set<string> {
  const calls = new Set<string>();
  forEachNode(tree, (node) => {
    if (ctx.isMlCall(node)) calls.add(fingerprint(node));
  });
  return calls;
}
