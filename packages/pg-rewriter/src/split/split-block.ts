/** Cuts one query block at its ML calls: a pipeline below, the rest of the block above. */

import { conjuncts } from '../analysis/conjuncts.js';
import {
  groupExpression,
  mapGroupItems,
  mapSortKeys,
  sortExpression,
  sortKeyExpressions,
} from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { mapsRows } from '../analysis/rowwise.js';
import type { CteColumns } from '../analysis/scope.js';
import { rangeEntries } from '../analysis/scope.js';
import { andAll, columnRef, target } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { isNode } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { Steps } from '../steps.js';
import { countCalls } from './call-groups.js';
import { evaluatedCalls } from './counted-calls.js';
import type { Limit, Pipeline, PlannedQuery } from './plan-tree.js';
import { overRelation } from './relation-expression.js';
import { RowPipeline } from './row-pipeline.js';

/** The name of the row number in the relation of a pipeline. */
export const ROW_NUMBER = 'ml_ord';

/**
 * What becomes of the rows: `stream` answers them as they come, every output a column of the pipeline; `query` leaves
 * all that can wait to a query over the pipeline's rows.
 */
export type SplitMode = 'stream' | 'query';

/**
 * Splits a block whose ML calls are all expressions over its FROM clause.
 * @param below the pipelines that the block's own FROM reads
 */
export function* splitBlock(
  select: SelectStmt,
  below: readonly Pipeline[],
  ctx: PlanContext,
  ctes: CteColumns,
  mode: SplitMode,
): Steps<PlannedQuery> {
  const rows = new RowPipeline(ctx);
  const predicates = conjuncts(select.whereClause);
  // As PostgreSQL orders them: those that cost fewer calls first.
  const mlPredicates = predicates
    .filter((p) => ctx.hasMlCall(p))
    .map((predicate) => ({ predicate, cost: countCalls(predicate, ctx) }));
  for (const { predicate } of mlPredicates.toSorted((x, y) => x.cost - y.cost)) yield* rows.addPredicate(predicate);
  const cheap = andAll(predicates.filter((p) => !ctx.hasMlCall(p)));
  const { fromClause, withClause } = select;
  const base: SelectStmt = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' };
  if (withClause !== undefined) base.withClause = withClause;
  if (fromClause !== undefined) base.fromClause = fromClause;
  if (cheap !== undefined) base.whereClause = cheap;
  return mapsRows(select, ctx) || (!rows.filters && picksRows(select, ctx))
    ? yield* splitRowwise(select, base, rows, below, ctx, mode)
    : yield* splitWhole(select, base, rows, below, ctx, ctes);
}

/** Whether the rows are picked by a DISTINCT ON that no ML value decides. */
function picksRows(select: SelectStmt, ctx: PlanContext): boolean {
  const { distinctClause = [], ...rest } = select;
  const keys = distinctClause.filter(isNode).map((key) => sortExpression(key, select));
  return keys.length > 0 && !ctx.hasMlCall(keys) && mapsRows(rest, ctx);
}

const targets = (select: SelectStmt): { name: string; val: Node }[] =>
  (select.targetList ?? []).flatMap((t) =>
    'ResTarget' in t && t.ResTarget.val !== undefined ? [{ name: t.ResTarget.name ?? '', val: t.ResTarget.val }] : [],
  );

/** Every output row comes from one base row. */
function* splitRowwise(
  select: SelectStmt,
  base: SelectStmt,
  rows: RowPipeline,
  below: readonly Pipeline[],
  ctx: PlanContext,
  mode: SplitMode,
): Steps<PlannedQuery> {
  refuseMlLimit(select, ctx);
  const keys = sortKeyExpressions(select);
  const filters = rows.filters;
  const sortsBelow = !keys.some((key) => ctx.hasMlCall(key) || (filters && !('ColumnRef' in key)));
  if (filters && select.limitOption === 'LIMIT_OPTION_WITH_TIES') {
    throw new Decline('limit-with-ties', 'WITH TIES depends on an ML predicate or sort key');
  }
  const values = targets(select).map((t) => t.val);
  if (!sortsBelow) {
    // splitWhole says which of them count.
    yield* rows.require([...values, ...keys], []);
    return yield* splitWhole(select, base, rows, below, ctx, new Map());
  }
  yield* rows.require(values);
  pushOrderAndLimit(select, base, filters);
  const limit = filters ? limitOf(select, mode) : undefined;
  // What the limit counts are the rows that all predicates have passed.
  if (limit !== undefined) rows.finishPredicates();
  const query = mode === 'stream' ? streamed(select, rows) : overRows(select, rows, filters, ctx);
  limitQuery(query.select, select, rows, filters);
  const pipeline = pipelineOf(rows, base);
  const planned = {
    pipelines: [...below, limit === undefined ? pipeline : { ...pipeline, limit }],
    query: query.select,
  };
  return query.outputs === undefined ? planned : { ...planned, stream: { outputs: query.outputs } };
}

/** The query over the rows applies the limit once more: so a volatile one must not end the pipeline. */
function limitOf({ limitCount, limitOffset }: SelectStmt, mode: SplitMode): Limit | undefined {
  const limit = { count: limitCount, offset: limitOffset };
  if (mode === 'stream') return limitCount === undefined && limitOffset === undefined ? undefined : limit;
  const computed = someNode([limitCount, limitOffset], (n) => 'FuncCall' in n || 'SubLink' in n);
  return limitCount === undefined || computed ? undefined : limit;
}

/** ORDER BY goes below the batch scan; LIMIT too, where no ML predicate decides which rows count. */
function pushOrderAndLimit(select: SelectStmt, base: SelectStmt, filters: boolean): void {
  const sorted = mapSortKeys(select, (key) => key);
  if (sorted !== undefined) base.sortClause = sorted;
  if (select.lockingClause !== undefined) {
    if (filters) throw new Decline('row-locking', 'an ML predicate decides which rows are locked');
    base.lockingClause = select.lockingClause;
  }
  if (filters) return;
  if (select.distinctClause !== undefined) {
    base.distinctClause = select.distinctClause.map((key) => sortExpression(key, select));
  }
  if (select.limitOption !== undefined) base.limitOption = select.limitOption;
  if (select.limitCount !== undefined) base.limitCount = select.limitCount;
  if (select.limitOffset !== undefined) base.limitOffset = select.limitOffset;
}

interface RowwiseQuery {
  readonly select: SelectStmt;
  readonly outputs: readonly string[] | undefined;
}

/** Every output is a column of the pipeline. */
function streamed(select: SelectStmt, rows: RowPipeline): RowwiseQuery {
  rows.finishPredicates();
  const outputs = targets(select).map((t) => ({ name: t.name, column: rows.outputColumn(t.val) }));
  const targetList = outputs.map((o) => target(columnRef(rows.relation, o.column), o.name));
  const fromClause = rows.fromClause(undefined);
  return {
    select: { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList, fromClause },
    outputs: outputs.map((o) => o.column),
  };
}

/** The outputs are computed over the rows of the pipeline. */
function overRows(select: SelectStmt, rows: RowPipeline, filters: boolean, ctx: PlanContext): RowwiseQuery {
  const targetList = targets(select).map((t) => target(outputOverRows(t.val, rows, filters, ctx), t.name));
  const residual = rows.residual();
  const query: SelectStmt = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList };
  query.fromClause = rows.fromClause([targetList, residual]);
  if (residual !== undefined) query.whereClause = residual;
  return { select: query, outputs: undefined };
}

function outputOverRows(val: Node, rows: RowPipeline, filters: boolean, ctx: PlanContext): Node {
  // A constant without a type takes that of the column it is inserted into; so it stays one.
  if ('A_Const' in val || 'ParamRef' in val) return val;
  const evaluatedBelow = !ctx.hasMlCall(val) && (!filters || 'ColumnRef' in val);
  return evaluatedBelow ? columnRef(rows.relation, rows.baseColumn(val)) : overRelation(val, rows, ctx);
}

/** The order of the base rows is kept, and a LIMIT that ML predicates decide is applied here. */
function limitQuery(query: SelectStmt, select: SelectStmt, rows: RowPipeline, filters: boolean): void {
  const limited = filters && (select.limitCount !== undefined || select.limitOffset !== undefined);
  if (select.sortClause !== undefined || limited) {
    const node = columnRef(rows.relation, ROW_NUMBER);
    query.sortClause = [{ SortBy: { node, sortby_dir: 'SORTBY_DEFAULT', sortby_nulls: 'SORTBY_NULLS_DEFAULT' } }];
  }
  if (!filters) return;
  query.limitOption = select.limitOption ?? 'LIMIT_OPTION_DEFAULT';
  if (select.limitCount !== undefined) query.limitCount = select.limitCount;
  if (select.limitOffset !== undefined) query.limitOffset = select.limitOffset;
}

/** The block groups, sorts by ML values, removes duplicates or looks across rows: the rest needs all rows. */
function* splitWhole(
  select: SelectStmt,
  base: SelectStmt,
  rows: RowPipeline,
  below: readonly Pipeline[],
  ctx: PlanContext,
  ctes: CteColumns,
): Steps<PlannedQuery> {
  refuseMlLimit(select, ctx);
  if (select.lockingClause !== undefined) throw new Decline('row-locking', 'row locks above an ML value');
  const inputs = new Set(rangeEntries(select.fromClause, ctx, ctes).flatMap((e) => e.columns ?? []));
  const resolved = resolveNames(select, (name) => inputs.has(name));
  const clauses = upperClauses(resolved);
  const expressions = Object.values(clauses).flat() as Node[];
  yield* rows.require(expressions, ctx.origins && evaluatedCalls(clauses, ctx));
  const mapped = overRelation(clauses, rows, ctx);
  const residual = rows.residual();
  const query: SelectStmt = { ...select, ...mapped };
  delete query.withClause;
  delete query.whereClause;
  if (residual !== undefined) query.whereClause = residual;
  query.fromClause = rows.fromClause([mapped, residual]);
  return { pipelines: [...below, pipelineOf(rows, base)], query };
}

/** GROUP BY, ORDER BY and DISTINCT ON items as the expressions they stand for. */
function resolveNames(select: SelectStmt, isInput: (name: string) => boolean): SelectStmt {
  const out: SelectStmt = { ...select };
  if (select.groupClause !== undefined) {
    out.groupClause = mapGroupItems(select.groupClause, (item) => groupExpression(item, select, isInput));
  }
  return out;
}

/** The clauses that stay above the batch scan. */
function upperClauses(select: SelectStmt): Partial<SelectStmt> {
  const out: Partial<SelectStmt> = {};
  if (select.targetList !== undefined) out.targetList = select.targetList;
  if (select.groupClause !== undefined) out.groupClause = select.groupClause;
  if (select.havingClause !== undefined) out.havingClause = select.havingClause;
  if (select.windowClause !== undefined) out.windowClause = select.windowClause;
  const sorted = mapSortKeys(select, (key) => key);
  if (sorted !== undefined) out.sortClause = sorted;
  if (select.distinctClause !== undefined) {
    out.distinctClause = select.distinctClause.map((n) => (isNode(n) ? sortExpression(n, select) : n));
  }
  return out;
}

function refuseMlLimit(select: SelectStmt, ctx: PlanContext): void {
  if (ctx.hasMlCall([select.limitCount, select.limitOffset])) {
    throw new Decline('subquery-in-expression', 'LIMIT or OFFSET makes an ML call');
  }
}

const pipelineOf = (rows: RowPipeline, base: SelectStmt): Pipeline => ({
  relation: rows.relation,
  base: { ...base, targetList: rows.baseTargets() },
  columns: rows.baseColumns(),
  stages: rows.stages(),
  evaluations: rows.evaluations,
});
