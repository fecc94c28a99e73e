/**
 * What holds after every rule: a query has the output columns that it had, of the types that it had; no ML call is lost or
 * added but as the rule declares; and a rule that says so leaves its own work alone.
 *
 * Types are compared where both can be told. What a call means to the rows, the oracle compares.
 */

import { columnType, UNKNOWN } from '../analysis/column-type.js';
import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import { queryColumns } from '../analysis/scope.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import type { CallChange, QueryRule, StatementRule } from './rule.js';

/** A rule has not kept what it promises: a defect of the planner. Names no text of the statement. */
export class BrokenRule extends Error {
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`);
    this.name = 'BrokenRule';
    this.rule = rule;
  }
}

export function checkStatementRule(rule: StatementRule, before: Node, after: Node, ctx: PlanContext): void {
  checkCalls(rule, callCounts(before, ctx), callCounts(after, ctx));
  if (rule.idempotent) checkAgain(rule, after, () => rule.apply(after, ctx), ctx);
}

export function checkQueryRule(
  rule: QueryRule,
  before: SelectStmt,
  after: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns,
): void {
  if (before !== after) {
    checkColumns(rule.name, before, after, ctx, ctes);
    checkCalls(rule, callCounts(before, ctx), callCounts(after, ctx));
  }
  if (rule.idempotent) checkAgain(rule, after, () => rule.apply(after, ctx, ctes), ctx);
}

function checkColumns(rule: string, before: SelectStmt, after: SelectStmt, ctx: PlanContext, ctes: CteColumns): void {
  const [was, is] = [before, after].map((select) => queryColumns(select, ctx, ctes));
  if (was == null) return;
  if (is == null) throw new BrokenRule(rule, 'the output columns are not known any more');
  if (was.length !== is.length) throw new BrokenRule(rule, `${was.length} output columns have become ${is.length}`);
  was.forEach((name, position) => {
    if (is[position] !== name) throw new BrokenRule(rule, `output column ${position + 1} has another name`);
    const types = [before, after].map((select) => columnType(select, position, ctx, ctes));
    if (types[0] === types[1] || types.some((type) => type === undefined || type === UNKNOWN)) return;
    throw new BrokenRule(rule, `output column ${position + 1} was ${types[0]} and is ${types[1]}`);
  });
}

/** How many different calls of each function there are, counted in each block. */
type CallCounts = ReadonlyMap<string, number>;

function checkCalls(rule: { name: string; calls: readonly CallChange[] }, before: CallCounts, after: CallCounts): void {
  const may = (change: CallChange): boolean => rule.calls.includes(change);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name) ?? 0, after.get(name) ?? 0];
    const change = `${was} calls of ${name} have become ${is}`;
    if (is < was && !may('drops')) throw new BrokenRule(rule.name, change);
    if (is > was && !may('reveals') && !(was > 0 && may('copies'))) throw new BrokenRule(rule.name, change);
  }
}

function callCounts(tree: unknown, ctx: PlanContext): CallCounts {
  const counts = new Map<string, number>();
  const blocks: unknown[] = [tree];
  for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) {
    for (const call of callsOfBlock(block, blocks, ctx)) {
      const name = nameParts(call.funcname).join('.');
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

/** The different calls of a block; adds the blocks within it to the list. */
function callsOfBlock(block: unknown, blocks: unknown[], ctx: PlanContext): FuncCall[] {
  const calls = new Map<string, FuncCall>();
  const see = (tree: unknown): void => {
    someNode(
      tree,
      (node) => {
        if ('SelectStmt' in node) blocks.push(node.SelectStmt);
        if ('FuncCall' in node && ctx.isMlCall(node)) calls.set(fingerprint(node.FuncCall), node.FuncCall);
        return false;
      },
      (node) => !('SelectStmt' in node),
    );
  };
  if (!isSelect(block)) see(block);
  else {
    const { larg, rarg, ...own } = block;
    see(own);
    blocks.push(...[larg, rarg].filter((arm) => arm !== undefined));
  }
  return [...calls.values()];
}

const isSelect = (tree: unknown): tree is SelectStmt => typeof tree === 'object' && tree !== null && 'op' in tree;

function checkAgain(rule: { name: string }, once: object, again: () => object, ctx: PlanContext): void {
  const twice = ctx.withoutNaming(again);
  if (twice === once || fingerprint(twice) === fingerprint(once)) return;
  throw new BrokenRule(rule.name, 'it rewrites what it has written itself');
}
