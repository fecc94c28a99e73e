/**
 * Puts ORDER BY and LIMIT into a subquery where the ML calls are in the SELECT list only, so that they see no more rows
 * than the result has.
 *
 * Before: SELECT id, (detect_sentiment(body, 'en')).sentiment AS s FROM t ORDER BY stars LIMIT 5
 * After:  SELECT q.c1 AS id, (detect_sentiment(q.c2, 'en')).sentiment AS s
 *         FROM (SELECT id AS c1, body AS c2, stars AS c3 FROM t ORDER BY stars LIMIT 5) q ORDER BY q.c3
 *
 * Does not rewrite: a LIMIT without ORDER BY and OFFSET, under which PostgreSQL stops by itself; ML predicates and sort
 * keys; row locks.
 */

import { mapSortKeys } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { mapsRows } from '../analysis/rowwise.js';
import { emptySelect, rangeSubselect } from '../ast/build.js';
import type { SelectStmt } from '../ast/node.js';
import { mapNodes } from '../ast/walk.js';
import { ColumnsBelow } from './columns-below.js';
import type { QueryRule } from './rule.js';

export const liftLimitRule: QueryRule = {
  name: 'lift-limit',
  calls: [],
  idempotent: true,
  apply: liftLimit,
};

export function liftLimit(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const { targetList, withClause, sortClause, ...below } = select;
  if (targetList === undefined || !decidesBelow(select, ctx)) return select;
  const sorted = mapSortKeys(select, (key) => key);
  if (ctx.hasMlCall([below, sorted])) return select;

  const alias = ctx.freshName('ml_limited');
  const columns = new ColumnsBelow(alias);
  const lift = <T>(tree: T): T => mapNodes(tree, (n) => ('ColumnRef' in n ? columns.reference(n) : undefined));
  const outer: SelectStmt = { ...emptySelect(), targetList: lift(targetList) };
  const outerSort = mapSortKeys(select, (key) => columns.reference(key));
  if (outerSort !== undefined) outer.sortClause = outerSort;
  const inner: SelectStmt = { ...below, targetList: columns.targets };
  if (sorted !== undefined) inner.sortClause = sorted;
  outer.fromClause = [rangeSubselect(inner, alias)];
  if (withClause !== undefined) outer.withClause = withClause;
  return outer;
}

function decidesBelow(select: SelectStmt, ctx: PlanContext): boolean {
  const { sortClause, limitCount, limitOffset, lockingClause } = select;
  const limited = limitOffset !== undefined || (limitCount !== undefined && sortClause !== undefined);
  return limited && lockingClause === undefined && mapsRows(select, ctx);
}
