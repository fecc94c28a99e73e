/**
 * Puts the grouping of a query into a subquery when an ML call works on what the groups give.
 *
 * Before: SELECT channel, (detect_sentiment(string_agg(body, ' '), 'en')).sentiment FROM t GROUP BY channel
 * After:  SELECT g.c1 AS channel, (detect_sentiment(g.c2, 'en')).sentiment
 *         FROM (SELECT channel AS c1, string_agg(body, ' ') AS c2 FROM t GROUP BY channel) g
 *
 * Does not rewrite: ML calls inside aggregates or grouping expressions; they work on rows and stay below.
 */

import { conjuncts } from '../analysis/conjuncts.js';
import { groupExpression, groupItems, mapGroupItems, mapSortKeys } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isAggregateNode, isGrouped } from '../analysis/rowwise.js';
import type { CteColumns } from '../analysis/scope.js';
import { rangeEntries } from '../analysis/scope.js';
import { andAll, rangeSubselect } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { mapFields, mapNodes, someNode } from '../ast/walk.js';
import { ColumnsBelow } from './columns-below.js';
import type { QueryRule } from './rule.js';

export const liftAggregatesRule: QueryRule = {
  name: 'lift-aggregates',
  calls: ['copies'],
  idempotent: true,
  apply: liftAggregates,
};

export function liftAggregates(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  if (select.op !== 'SETOP_NONE' || !isGrouped(select, ctx)) return select;
  const inputs = new Set(rangeEntries(select.fromClause, ctx, ctes).flatMap((e) => e.columns ?? []));
  const groups = mapGroupItems(select.groupClause ?? [], (item) => groupExpression(item, select, (n) => inputs.has(n)));
  const sorted = mapSortKeys(select, (key) => key);
  const hand = new GroupHandUp(groupItems(groups), ctx);
  const upper = [select.targetList, sorted, select.windowClause, conjuncts(select.havingClause)];
  if (!upper.some((tree) => hand.callsAbove(tree))) return select;

  const having = conjuncts(select.havingClause);
  const mlHaving = having.filter((h) => hand.callsAbove(h)).map((h) => hand.lift(h));
  const { groupClause, havingClause: _moved, fromClause, whereClause, withClause, groupDistinct, ...rest } = select;
  const outer: SelectStmt = { ...rest, ...mapUpper(select, sorted, (e) => hand.lift(e)) };
  const innerHaving = andAll(having.filter((h) => !hand.callsAbove(h)));
  const inner: SelectStmt = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList: hand.targets };
  if (fromClause !== undefined) inner.fromClause = fromClause;
  if (whereClause !== undefined) inner.whereClause = whereClause;
  if (groupClause !== undefined) inner.groupClause = groups;
  if (groupDistinct !== undefined) inner.groupDistinct = groupDistinct;
  if (innerHaving !== undefined) inner.havingClause = innerHaving;
  if (withClause !== undefined) outer.withClause = withClause;
  outer.fromClause = [rangeSubselect(inner, hand.alias)];
  const where = andAll(mlHaving);
  if (where !== undefined) outer.whereClause = where;
  return outer;
}

function mapUpper(select: SelectStmt, sorted: Node[] | undefined, lift: <T>(tree: T) => T): Partial<SelectStmt> {
  const out: Partial<SelectStmt> = {};
  if (select.targetList !== undefined) out.targetList = lift(select.targetList);
  if (sorted !== undefined) out.sortClause = lift(sorted);
  if (select.windowClause !== undefined) out.windowClause = lift(select.windowClause);
  return out;
}

/** Replaces what the upper clauses need of the groups by columns that the grouping subquery hands up. */
class GroupHandUp {
  readonly alias: string;
  readonly #groups: ReadonlySet<string>;
  readonly #ctx: PlanContext;
  readonly #columns: ColumnsBelow;

  constructor(groups: readonly Node[], ctx: PlanContext) {
    this.#groups = new Set(groups.map((g) => fingerprint(g)));
    this.#ctx = ctx;
    this.alias = ctx.freshName('ml_groups');
    this.#columns = new ColumnsBelow(this.alias);
  }

  get targets(): Node[] {
    return this.#columns.targets;
  }

  /** Whether a tree makes an ML call that is neither inside an aggregate nor part of a grouping expression. */
  callsAbove(tree: unknown): boolean {
    return someNode(
      tree,
      (n) => this.#ctx.isMlCall(n) && !this.#groups.has(fingerprint(n)),
      (n) => !this.#isBelow(n),
    );
  }

  #isBelow(node: Node): boolean {
    return isAggregateNode(node, this.#ctx) || this.#groups.has(fingerprint(node));
  }

  lift<T>(tree: T): T {
    return mapNodes(tree, (node) => {
      if ('FuncCall' in node && node.FuncCall.over !== undefined) {
        return { FuncCall: mapFields(node.FuncCall, (n) => this.lift(n)) };
      }
      // A subquery has names of its own: it goes down as a whole.
      if (this.#isBelow(node) || 'ColumnRef' in node || 'SubLink' in node || 'GroupingFunc' in node) {
        return this.#columns.reference(node);
      }
      return undefined;
    });
  }
}
