/**
 * Moves the ML calls of one query block into its FROM clause.
 *
 * Before: SELECT id, (detect_sentiment(body, 'en')).sentiment AS s FROM t WHERE stars < 3
 * After:  SELECT id, detect_sentiment.sentiment AS s
 *         FROM t CROSS JOIN LATERAL detect_sentiment(body, 'en') AS detect_sentiment WHERE stars < 3
 */

import { conjuncts } from '../analysis/conjuncts.js';
import { groupExpression, mapGroupItems } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import { rangeEntries } from '../analysis/scope.js';
import { orAll } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { asSelect, isNode, nameParts } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import { runQueryRules } from '../rules/run-rules.js';
import { type CallGroup, groupCalls } from '../split/call-groups.js';
import { sharedIn } from '../split/earlier-tests.js';
import { occurrences } from '../split/occurrences.js';
import { runSteps } from '../steps.js';
import { LateralJoins } from './lateral-joins.js';
import { reasonToStay } from './movable.js';
import { SubqueriesAside } from './set-aside-subqueries.js';

/** What the blocks of one statement share. */
export interface MigrationState {
  readonly ctx: PlanContext;
  /** Names that a new FROM item can't have. */
  readonly aliases: Set<string>;
  /** Why calls stay, by the fingerprint of the call. */
  readonly reasons: Map<string, string>;
  /** How many calls were moved. */
  moved: number;
}

export function migrateBlock(select: SelectStmt, state: MigrationState, ctes: CteColumns): SelectStmt {
  const { ctx } = state;
  if (select.op !== 'SETOP_NONE' || !hasOwnCalls(select, ctx)) return select;
  if (select.valuesLists !== undefined) return stays(select, state, 'it stands in a VALUES list');
  const before = state.moved;
  try {
    const aside = new SubqueriesAside(ctx);
    const block = runSteps(runQueryRules(aside.take(select), 'block', 'migrate', ctx, ctes));
    const lifted = runSteps(runQueryRules(block, 'lift', 'migrate', ctx, ctes));
    const migrated = aside.putBack(moveCalls(migrateLifted(lifted, select, state, ctes), state, aside, ctes));
    return state.moved === before ? select : migrated;
  } catch (error) {
    if (!(error instanceof Decline)) throw error;
    state.moved = before;
    return stays(select, state, error.message);
  }
}

/** Whether a block makes ML calls itself, outside of FROM, WITH and subqueries. */
function hasOwnCalls(select: SelectStmt, ctx: PlanContext): boolean {
  const { withClause: _with, ...clauses } = select;
  return ownCalls(clauses, ctx).length > 0;
}

function ownCalls(clauses: Partial<SelectStmt>, ctx: PlanContext): FuncCall[] {
  const calls: FuncCall[] = [];
  const see = (tree: unknown): boolean =>
    someNode(
      tree,
      (node) => {
        if ('SubLink' in node) see(node.SubLink.testexpr);
        if (ctx.isMlCall(node) && 'FuncCall' in node) calls.push(node.FuncCall);
        return false;
      },
      (node) => !('SubLink' in node || 'RangeSubselect' in node || 'RangeFunction' in node || 'SelectStmt' in node),
    );
  see(clauses);
  return calls;
}

function stays(select: SelectStmt, { ctx, reasons }: MigrationState, reason: string): SelectStmt {
  const { withClause: _with, ...clauses } = select;
  for (const call of ownCalls(clauses, ctx)) reasons.set(fingerprint(call), reason);
  return select;
}

/** A rule that lifted something has left a subquery in FROM, which may make calls of its own. */
function migrateLifted(block: SelectStmt, original: SelectStmt, state: MigrationState, ctes: CteColumns): SelectStmt {
  const [only] = block.fromClause ?? [];
  const inner = only !== undefined && 'RangeSubselect' in only ? asSelect(only.RangeSubselect.subquery) : undefined;
  if (inner === undefined || original.fromClause?.includes(only as Node) || !('RangeSubselect' in (only ?? {}))) {
    return block;
  }
  const subquery: Node = { SelectStmt: migrateBlock(inner, state, ctes) };
  const range = only !== undefined && 'RangeSubselect' in only ? only.RangeSubselect : {};
  return { ...block, fromClause: [{ RangeSubselect: { ...range, subquery } }] };
}

function moveCalls(select: SelectStmt, state: MigrationState, aside: SubqueriesAside, ctes: CteColumns): SelectStmt {
  const { ctx } = state;
  const resolved = resolveGroupNames(select, ctx, ctes);
  const { fromClause = [], withClause, ...clauses } = resolved;
  reserveColumns(resolved, state, ctes);
  const joins = new LateralJoins({ ...clauses, fromClause }, state.aliases, ctx);
  let from: Node[] = [...fromClause];
  for (const { key, call, guards } of callsInOrder(clauses, ctx)) {
    const guard = guards === undefined ? undefined : orAll(guards);
    if (sharedIn(guard).length > 0) {
      throw new Decline(
        'volatile-condition',
        'whether the call is reached depends on too many conditions to write out',
      );
    }
    // A call that stays, or that comes after this one, would be evaluated twice.
    if (guard !== undefined && ctx.hasMlCall(joins.over(guard))) {
      throw new Decline(
        'volatile-condition',
        'whether a call is reached depends on another that cannot come before it',
      );
    }
    const reason = reasonToStay(call, resolved, ctx);
    if (reason !== undefined) {
      state.reasons.set(key, reason);
      continue;
    }
    if (guard !== undefined && aside.isVolatile(guard)) {
      throw new Decline('volatile-condition', 'whether the call is reached depends on a volatile condition');
    }
    if (guard !== undefined && select.lockingClause !== undefined) {
      throw new Decline('row-locking', 'rows are locked, and whether the call is reached depends on a condition');
    }
    from = joins.join(from, call, guard);
    state.moved += 1;
  }
  const out: SelectStmt = { ...joins.over(clauses) };
  if (from.length > 0) out.fromClause = from;
  if (withClause !== undefined) out.withClause = withClause;
  return out;
}

/** The calls of a block, each once, in the order of their evaluation. */
function callsInOrder(clauses: Partial<SelectStmt>, ctx: PlanContext): CallGroup[] {
  const { whereClause, targetList, groupClause, havingClause, sortClause, windowClause, distinctClause } = clauses;
  const upper = [groupClause, targetList, havingClause, windowClause, sortClause, distinctClause];
  const expressions = [...conjuncts(whereClause), ...upper.flat().filter((n): n is Node => isNode(n))];
  return groupCalls(occurrences(expressions, ctx));
}

/** A name in GROUP BY means an input column before an output: the new items of FROM must not get in between. */
function resolveGroupNames(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  if (select.groupClause === undefined) return select;
  const inputs = new Set(rangeEntries(select.fromClause, ctx, ctes).flatMap((e) => e.columns ?? []));
  const isInput = (name: string) => inputs.has(name);
  return { ...select, groupClause: mapGroupItems(select.groupClause, (i) => groupExpression(i, select, isInput)) };
}

/** A bare alias means the whole row, unless a column has its name. */
function reserveColumns(select: SelectStmt, { ctx, aliases }: MigrationState, ctes: CteColumns): void {
  for (const entry of rangeEntries(select.fromClause, ctx, ctes)) {
    for (const name of [entry.alias ?? '', ...(entry.columns ?? [])]) aliases.add(name);
  }
}

/** Every name by which a statement calls a table, a column or an output, but for the names of functions. */
export function namesIn(tree: unknown): Set<string> {
  const names = new Set<string>();
  someNode(tree, (node) => {
    if ('ColumnRef' in node) for (const part of nameParts(node.ColumnRef.fields)) names.add(part);
    if ('CommonTableExpr' in node) names.add(node.CommonTableExpr.ctename ?? '');
    if ('RangeVar' in node) names.add(node.RangeVar.alias?.aliasname ?? node.RangeVar.relname ?? '');
    if ('RangeSubselect' in node) names.add(node.RangeSubselect.alias?.aliasname ?? '');
    if ('RangeFunction' in node) names.add(node.RangeFunction.alias?.aliasname ?? '');
    if ('JoinExpr' in node) {
      names.add(node.JoinExpr.alias?.aliasname ?? '');
      for (const part of nameParts(node.JoinExpr.usingClause)) names.add(part);
    }
    return false;
  });
  return names;
}
