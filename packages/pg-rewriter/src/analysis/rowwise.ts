import type { Node, SelectStmt } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import type { PlanContext } from './plan-context.js';

/** Whether a query groups or aggregates. */
export function isGrouped(select: SelectStmt, ctx: PlanContext): boolean {
  return (
    (select.groupClause?.length ?? 0) > 0 ||
    select.havingClause !== undefined ||
    hasAggregate([select.targetList, select.sortClause], ctx)
  );
}

export const hasAggregate = (tree: unknown, ctx: PlanContext): boolean =>
  someNode(
    tree,
    (n) => isAggregateNode(n, ctx) || 'GroupingFunc' in n,
    (n) => !('SubLink' in n),
  );

/** An aggregate, by whatever syntax. */
export const isAggregateNode = (node: Node, ctx: PlanContext): boolean =>
  ('FuncCall' in node && ctx.isAggregate(node.FuncCall)) || 'JsonObjectAgg' in node || 'JsonArrayAgg' in node;

export const hasWindow = (tree: unknown): boolean =>
  someNode(
    tree,
    (n: Node) => 'FuncCall' in n && n.FuncCall.over !== undefined,
    (n) => !('SubLink' in n),
  );

/** Whether each row of the result comes from one row of FROM: no grouping, windows, DISTINCT, sorting or limits. */
export function isQueryBlockRowwise(select: SelectStmt, ctx: PlanContext): boolean {
  return (
    mapsRows(select, ctx) &&
    select.sortClause === undefined &&
    select.limitCount === undefined &&
    select.limitOffset === undefined &&
    select.lockingClause === undefined
  );
}

/** As `isQueryBlockRowwise`, but ORDER BY, LIMIT and row locks may follow. */
export function mapsRows(select: SelectStmt, ctx: PlanContext): boolean {
  return (
    select.op === 'SETOP_NONE' &&
    select.valuesLists === undefined &&
    select.distinctClause === undefined &&
    select.windowClause === undefined &&
    !isGrouped(select, ctx) &&
    !hasWindow([select.targetList, select.sortClause]) &&
    !ctx.returnsSet(select.targetList)
  );
}
