/**
 * Puts window functions into a subquery when an ML call works on their results or stands beside them, so that it sees
 * only the rows that survive the sort and LIMIT around.
 *
 * Before: SELECT id, invoke_endpoint('e', NULL, row_number() OVER (ORDER BY id)) AS k FROM t
 * After:  SELECT w.c1 AS id, invoke_endpoint('e', NULL, w.c2) AS k FROM (SELECT id AS c1, row_number() OVER (ORDER BY id) AS c2 FROM t) w
 *
 * Does not rewrite: ML calls inside the arguments or the definition of a window; they work on rows and stay below.
 */

import { mapSortKeys } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isGrouped } from '../analysis/rowwise.js';
import { rangeSubselect } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';
import { ColumnsBelow } from './columns-below.js';
import type { QueryRule } from './rule.js';

export const liftWindowsRule: QueryRule = {
  name: 'lift-windows',
  calls: ['copies'],
  idempotent: true,
  apply: liftWindows,
};

export function liftWindows(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const sorted = mapSortKeys(select, (key) => key);
  const upper = [select.targetList, sorted];
  if (select.op !== 'SETOP_NONE' || !ctx.hasWindow(upper)) return select;
  const worksOnWindow = someNode(upper, (n) => ctx.isMlCall(n) && ctx.hasWindow(argsOf(n)));
  if (!(worksOnWindow || standsBeside(upper, select, ctx))) return select;
  const alias = ctx.freshName('ml_windows');
  const columns = new ColumnsBelow(alias);
  const lift = <T>(tree: T): T => mapNodes(tree, (n) => (isHandedUp(n) ? columns.reference(n) : undefined));

  const { fromClause, whereClause, windowClause, ...rest } = select;
  const outer: SelectStmt = { ...rest };
  if (select.targetList !== undefined) outer.targetList = lift(select.targetList);
  if (sorted !== undefined) outer.sortClause = lift(sorted);
  const inner: SelectStmt = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList: columns.targets };
  if (fromClause !== undefined) inner.fromClause = fromClause;
  if (whereClause !== undefined) inner.whereClause = whereClause;
  if (windowClause !== undefined) inner.windowClause = windowClause;
  outer.fromClause = [rangeSubselect(inner, alias)];
  return outer;
}

/** A subquery has names of its own: it goes down as a whole. */
const isHandedUp = (node: Node): boolean =>
  'ColumnRef' in node || 'SubLink' in node || ('FuncCall' in node && node.FuncCall.over !== undefined);

/** Whether windows and ML calls have nothing to do with each other, and no ML predicate drops rows below the windows. */
function standsBeside(upper: unknown, select: SelectStmt, ctx: PlanContext): boolean {
  if (isGrouped(select, ctx) || ctx.hasMlCall([select.whereClause, select.windowClause])) return false;
  const inWindow = someNode(upper, (n) => 'FuncCall' in n && n.FuncCall.over !== undefined && ctx.hasMlCall(n));
  return !inWindow && ctx.hasMlCall(upper);
}

const argsOf = (node: Node): unknown => ('FuncCall' in node ? node.FuncCall.args : undefined);
