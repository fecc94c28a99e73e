/**
 * Computes no ML value that nobody reads: such an output column of a subquery in FROM becomes NULL.
 *
 * Before: SELECT count(*) FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM live UNION ALL SELECT id, m FROM done) q
 * After:  SELECT count(*) FROM (SELECT id, NULL AS m FROM live UNION ALL SELECT id, m FROM done) q
 *
 * Preconditions: which rows there are, and in which order, doesn't depend on the column.
 * Does not rewrite: columns of subqueries that remove duplicates or compare rows (DISTINCT, UNION, EXCEPT); columns that
 * the subquery sorts or groups by; the only aggregates of a query without GROUP BY; what has volatile functions beside.
 */

import { Mentions } from '../analysis/mentions.js';
import { bareName } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns, RangeEntry } from '../analysis/scope.js';
import { rangeEntries } from '../analysis/scope.js';
import { nullConst } from '../ast/build.js';
import type { Node, RangeSubselect, SelectStmt } from '../ast/node.js';
import { asSelect, targetValue } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';
import type { QueryRule } from './rule.js';

export const pruneUnreadColumnsRule: QueryRule = {
  name: 'prune-unread-columns',
  calls: ['drops'],
  idempotent: true,
  apply: pruneUnreadColumns,
};

/** @param select its own SELECT list has no stars any more */
export function pruneUnreadColumns(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  if (select.fromClause === undefined || !ctx.hasMlCall(select.fromClause)) return select;
  const entries = new Map(rangeEntries(select.fromClause, ctx, ctes).map((entry) => [entry.item, entry]));
  const around = new Mentions(select);
  const pruned = (item: Node): Node | undefined => {
    if (!('RangeSubselect' in item)) return undefined;
    const entry = entries.get(item);
    return entry === undefined ? item : { RangeSubselect: pruneSubselect(item.RangeSubselect, entry, around, ctx) };
  };
  return { ...select, fromClause: mapNodes(select.fromClause, pruned) };
}

/** @param around what the query reads, the subquery included */
function pruneSubselect(range: RangeSubselect, entry: RangeEntry, around: Mentions, ctx: PlanContext): RangeSubselect {
  const query = asSelect(range.subquery);
  if (query === undefined || !ctx.hasMlCall(query)) return range;
  const within = new Mentions(entry.item);
  const unread = new Set(
    (entry.columns ?? []).flatMap((name, i) => (isRead(name, entry.alias, around, within) ? [] : [i])),
  );
  const pruned = unread.size === 0 ? query : pruneQuery(query, unread, ctx);
  return pruned === query ? range : { ...range, subquery: { SelectStmt: pruned } };
}

/** Whether the query around may read a column: by any name, as part of the whole row, or to join by it. */
const isRead = (name: string, alias: string | undefined, around: Mentions, within: Mentions): boolean =>
  around.of(alias, [name]) > within.of(alias, [name]) || around.joinsBy(name) > within.joinsBy(name);

function pruneQuery(query: SelectStmt, unread: ReadonlySet<number>, ctx: PlanContext): SelectStmt {
  const removable = new Set([...unread].filter((position) => !['kept', 'clash'].includes(fate(query, position, ctx))));
  return removable.size === 0 ? query : withNulls(query, removable, ctx);
}

/**
 * What an output column of a query would be: `null` without a type of its own, `text` as PostgreSQL makes two such into,
 * `mixed` where only some of the combined queries have it NULL, or no column that can be removed; `clash` where text and
 * another type would meet.
 */
type Fate = 'null' | 'text' | 'mixed' | 'kept' | 'clash';

function fate(query: SelectStmt, position: number, ctx: PlanContext): Fate {
  const { larg, rarg } = query;
  if (query.op === 'SETOP_NONE') return isRemovable(query, position, ctx) ? 'null' : 'kept';
  if (larg === undefined || rarg === undefined || query.op !== 'SETOP_UNION' || query.all !== true) return 'kept';
  // Its keys are names and positions of the output.
  if (query.sortClause !== undefined) return 'kept';
  const arms = [fate(larg, position, ctx), fate(rarg, position, ctx)];
  if (arms.includes('clash')) return 'clash';
  if (!arms.includes('kept') && !arms.includes('mixed')) return 'text';
  if (arms.includes('text')) return 'clash';
  return arms.every((arm) => arm === 'kept') ? 'kept' : 'mixed';
}

function withNulls(query: SelectStmt, removable: ReadonlySet<number>, ctx: PlanContext): SelectStmt {
  const { larg, rarg, targetList } = query;
  if (larg !== undefined && rarg !== undefined) {
    return { ...query, larg: withNulls(larg, removable, ctx), rarg: withNulls(rarg, removable, ctx) };
  }
  if (targetList === undefined) return query;
  const list = targetList.map((node, position): Node => {
    if (!('ResTarget' in node) || !removable.has(position) || !isRemovable(query, position, ctx)) return node;
    return { ResTarget: { ...node.ResTarget, val: nullConst() } };
  });
  return { ...query, targetList: list };
}

function isRemovable(query: SelectStmt, position: number, ctx: PlanContext): boolean {
  const val = targetValue(query.targetList?.[position]);
  if (val === undefined || query.distinctClause !== undefined || decidesOrder(query, position)) return false;
  if (!ctx.hasMlCall(val) || ctx.isVolatile(val) || ctx.returnsSet(val)) return false;
  // It may be all that makes one row of the query.
  return (query.groupClause?.length ?? 0) > 0 || !ctx.hasAggregate(val);
}

/** Whether ORDER BY or GROUP BY names the output column, by its name or its position. */
function decidesOrder(query: SelectStmt, position: number): boolean {
  const node = query.targetList?.[position];
  const name = node !== undefined && 'ResTarget' in node ? node.ResTarget.name : undefined;
  return someNode([query.sortClause, query.groupClause], (n) => {
    if ('A_Const' in n) return n.A_Const.ival?.ival === position + 1;
    return name !== undefined && bareName(n) === name;
  });
}
