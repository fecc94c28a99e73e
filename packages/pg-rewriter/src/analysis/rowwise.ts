import type { Node, SelectStmt } from '../ast/node.js';
import type { PlanContext } from './plan-context.js';

/** Whether a query groups or aggregates. */
export function isGrouped(select: SelectStmt, ctx: PlanContext): boolean {
  return (
    (select.groupClause?.length ?? 0) > 0 ||
    select.havingClause !== undefined ||
    ctx.hasAggregate([select.targetList, select.sortClause])
  );
}

/** An aggregate, by whatever syntax. */
export const isAggregateNode = (node: Node, ctx: PlanContext): boolean =>
  ('FuncCall' in node && ctx.isAggregate(node.FuncCall)) || 'JsonObjectAgg' in node || 'JsonArrayAgg' in node;

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
    !ctx.hasWindow([select.targetList, select.sortClause]) &&
    !ctx.returnsSet(select.targetList)
  );
}
