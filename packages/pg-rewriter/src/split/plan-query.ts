/** Plans a query, subqueries first, as pipelines and a query over them. */

import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import { withCtes } from '../analysis/scope.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import { hoistConstantCalls } from '../rules/hoist-constant-calls.js';
import { runQueryRules } from '../rules/run-rules.js';
import type { Steps } from '../steps.js';
import { type PlannedBlock, planLimitedSubqueries } from './limited-subqueries.js';
import { planOneRow } from './one-row.js';
import type { Pipeline, PlannedQuery } from './plan-tree.js';
import { type SplitMode, splitBlock } from './split-block.js';
import { withDefinitions } from './with-definitions.js';

/**
 * @param ctes the WITH queries in scope around the query
 * @param mode `stream` only for the outermost query of a statement that returns its rows
 * @throws Decline where the query can't be split
 */
export function* planQuery(
  select: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns = new Map(),
  mode: SplitMode = 'query',
): Steps<PlannedQuery> {
  if (!ctx.hasMlCall(select)) return { pipelines: [], query: select };
  const inlined = yield* runQueryRules(select, 'query', 'split', ctx, ctes);
  const inner = withCtes(inlined, ctx, ctes);
  if (inlined.op !== 'SETOP_NONE') return yield* planSetOperation(inlined, ctx, inner);
  const normalized = yield* runQueryRules(inlined, 'block', 'split', ctx, inner);
  const { select: block, pipelines } = yield* planSubqueries(normalized, ctx, inner);
  if (!callsInBlock(block, ctx)) return { pipelines, query: block };
  refuseSubLinks(block, ctx);
  const hoisted = hoistConstantCalls(block, ctx);
  if (hoisted !== undefined) {
    const once = yield* planOneRow(hoisted.calls, ctx);
    return { pipelines: [...pipelines, ...once.pipelines], query: hoisted.withValues(once.values) };
  }
  const lifted = yield* runQueryRules(block, 'lift', 'split', ctx, inner);
  // A lifted block has a subquery of its own now, which may make calls too.
  if (lifted !== block) return joined(pipelines, yield* planQuery(lifted, ctx, ctes, mode));
  if (block.valuesLists !== undefined) throw new Decline('statement-kind', 'a VALUES list makes an ML call');
  return yield* splitBlock(block, pipelines, ctx, inner, mode);
}

function refuseSubLinks(block: SelectStmt, ctx: PlanContext): void {
  const { fromClause: _from, withClause: _with, ...own } = block;
  if (someNode(own, (n) => 'SubLink' in n && ctx.hasMlCall(n.SubLink.subselect))) {
    throw new Decline('subquery-in-expression', 'an ML call stands in a subquery of an expression');
  }
}

function joined(pipelines: readonly Pipeline[], planned: PlannedQuery): PlannedQuery {
  return pipelines.length === 0 ? planned : { ...planned, pipelines: [...pipelines, ...planned.pipelines] };
}

function* planSetOperation(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): Steps<PlannedQuery> {
  const within = yield* planWith(select, ctx, ctes);
  const left = yield* planQuery(withDefinitions(select.larg as SelectStmt, within.select, ctx), ctx, ctes);
  const right = yield* planQuery(withDefinitions(select.rarg as SelectStmt, within.select, ctx), ctx, ctes);
  if (ctx.hasMlCall([select.sortClause, select.limitCount, select.limitOffset])) {
    throw new Decline('statement-kind', 'ORDER BY or LIMIT of a set operation makes an ML call');
  }
  return {
    pipelines: [...within.pipelines, ...left.pipelines, ...right.pipelines],
    query: { ...within.select, larg: left.query, rarg: right.query },
  };
}

/** Plans the subqueries in FROM, WITH and WHERE whose calls could not be lifted, where they stand. */
function* planSubqueries(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): Steps<PlannedBlock> {
  const within = yield* planWith(select, ctx, ctes);
  const pipelines = [...within.pipelines];
  let block = within.select;
  if (block.fromClause !== undefined) {
    const from: Node[] = [];
    for (const item of block.fromClause) from.push(yield* planFromItem(item, within.select, pipelines, ctx, ctes));
    block = { ...block, fromClause: from };
  }
  const limited = yield* planLimitedSubqueries(block, ctx, ctes, (query) => planQuery(query, ctx, ctes));
  return { select: limited.select, pipelines: [...pipelines, ...limited.pipelines] };
}

function* planFromItem(
  item: Node,
  around: SelectStmt,
  pipelines: Pipeline[],
  ctx: PlanContext,
  ctes: CteColumns,
): Steps<Node> {
  if (!ctx.hasMlCall(item)) return item;
  if ('JoinExpr' in item) {
    const { larg, rarg } = item.JoinExpr;
    const join = { ...item.JoinExpr };
    if (larg !== undefined) join.larg = yield* planFromItem(larg, around, pipelines, ctx, ctes);
    if (rarg !== undefined) join.rarg = yield* planFromItem(rarg, around, pipelines, ctx, ctes);
    return { JoinExpr: join };
  }
  const subquery = 'RangeSubselect' in item ? asSelect(item.RangeSubselect.subquery) : undefined;
  if (subquery === undefined || !('RangeSubselect' in item)) {
    throw new Decline('set-returning', 'an ML call is an argument of a function in FROM');
  }
  if (item.RangeSubselect.lateral) {
    throw new Decline('correlated-subquery', 'a lateral subquery makes an ML call');
  }
  const planned = yield* planQuery(withDefinitions(subquery, around, ctx), ctx, ctes);
  pipelines.push(...planned.pipelines);
  return { RangeSubselect: { ...item.RangeSubselect, subquery: { SelectStmt: planned.query } } };
}

function* planWith(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): Steps<PlannedBlock> {
  const { withClause } = select;
  if (withClause === undefined || !ctx.hasMlCall(withClause)) return { select, pipelines: [] };
  const pipelines: Pipeline[] = [];
  const list: Node[] = [];
  for (const node of withClause.ctes ?? []) {
    const query = 'CommonTableExpr' in node ? asSelect(node.CommonTableExpr.ctequery) : undefined;
    if (query === undefined || !('CommonTableExpr' in node) || !ctx.hasMlCall(query)) {
      list.push(node);
      continue;
    }
    const before = { ...select, withClause: { ...withClause, ctes: [...list] } };
    const planned = yield* planQuery(withDefinitions(query, before, ctx), ctx, ctes);
    pipelines.push(...planned.pipelines);
    list.push({ CommonTableExpr: { ...node.CommonTableExpr, ctequery: { SelectStmt: planned.query } } });
  }
  return { select: { ...select, withClause: { ...withClause, ctes: list } }, pipelines };
}

/** Whether the block makes ML calls itself, outside of FROM and WITH. */
function callsInBlock(select: SelectStmt, ctx: PlanContext): boolean {
  const { fromClause: _from, withClause: _with, ...own } = select;
  return someNode(own, (node) => ctx.isMlCall(node));
}
