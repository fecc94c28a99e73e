import { field } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { mapFields, mapNodes, someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { PlanContext } from './plan-context.js';
import type { CteColumns } from './scope.js';
import { rangeEntries, withCtes } from './scope.js';

/** What the columns of a range table entry are replaced by. */
export interface Substitution {
  readonly alias: string | undefined;
  readonly columns: ReadonlyMap<string, Node>;
  /** Columns of the entry that stay as they are. */
  readonly kept: ReadonlySet<string>;
  /** What the whole row is replaced by; undefined where there is no expression for it. */
  readonly whole: Node | undefined;
}

/** Replaces the references to one range table entry in all clauses of its query, subqueries included. */
export function substitute(select: SelectStmt, sub: Substitution, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const { fromClause, ...others } = select;
  const out = inClauses(others, sub, ctx, ctes);
  if (fromClause === undefined) return out;
  // What stands beside the entry in FROM sees it in conditions, in functions and under LATERAL.
  const beside = (node: Node): Node | undefined =>
    'RangeSubselect' in node && !node.RangeSubselect.lateral ? node : visitNode(node, sub, ctx, ctes);
  return { ...out, fromClause: mapNodes(fromClause, beside) };
}

/** In a query that sees the entry everywhere, be it around it. */
function inClauses(select: SelectStmt, sub: Substitution, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const outputs = new Set(outputNames(select));
  const visit = (node: Node): Node | undefined => visitNode(node, sub, ctx, ctes);
  const { sortClause, distinctClause, ...others } = select;
  const out: SelectStmt = { ...mapFields(others, visit) };
  const keepOutputs = (node: Node): Node => (isOutputName(node, outputs) ? node : mapNodes(node, visit));
  if (sortClause !== undefined) {
    out.sortClause = sortClause.map((key) => {
      if (!('SortBy' in key) || key.SortBy.node === undefined) return key;
      return { SortBy: { ...key.SortBy, node: keepOutputs(key.SortBy.node) } };
    });
  }
  if (distinctClause !== undefined) {
    out.distinctClause = distinctClause.map((n) => (Object.keys(n).length === 0 ? n : keepOutputs(n)));
  }
  return out;
}

export function outputNames(select: SelectStmt): string[] {
  return (select.targetList ?? []).flatMap((t) => ('ResTarget' in t && t.ResTarget.name ? [t.ResTarget.name] : []));
}

/** ORDER BY and DISTINCT ON take a bare name for an output column before an input column. */
function isOutputName(node: Node, outputs: ReadonlySet<string>): boolean {
  if (!('ColumnRef' in node)) return false;
  const parts = nameParts(node.ColumnRef.fields);
  return parts.length === 1 && outputs.has(parts[0] ?? '');
}

function visitNode(node: Node, sub: Substitution, ctx: PlanContext, ctes: CteColumns): Node | undefined {
  if ('ColumnRef' in node) return replacement(nameParts(node.ColumnRef.fields), sub);
  if ('SelectStmt' in node) return { SelectStmt: intoSubquery(node.SelectStmt, sub, ctx, ctes) };
  return undefined;
}

function replacement(parts: readonly string[], sub: Substitution): Node | undefined {
  const [first, second, ...more] = parts;
  if (first === undefined) return undefined;
  if (second === undefined) {
    const column = sub.columns.get(first);
    if (column !== undefined) return column;
    if (first !== sub.alias) return undefined;
    if (sub.whole === undefined)
      throw new Decline('unresolved-column', 'the whole row of a subquery with an ML call is used');
    return sub.whole;
  }
  if (first !== sub.alias) return undefined;
  const column = sub.columns.get(second);
  if (column === undefined && sub.kept.has(second)) return undefined;
  if (column === undefined) throw new Decline('unresolved-column', 'a column of a function in FROM is not known');
  return more.reduce((value, name) => field(value, name), column);
}

/** A subquery sees the entry unless it has one of that name, or a column of that name, itself. */
function intoSubquery(select: SelectStmt, sub: Substitution, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const inner = withCtes(select, ctx, ctes);
  const arms = [select.larg, select.rarg].filter((arm) => arm !== undefined);
  if (arms.length > 0) {
    const { larg: _left, rarg: _right, ...rest } = select;
    const out: SelectStmt = { ...mapFields(rest, (n) => visitNode(n, sub, ctx, inner)) };
    if (select.larg !== undefined) out.larg = intoSubquery(select.larg, sub, ctx, inner);
    if (select.rarg !== undefined) out.rarg = intoSubquery(select.rarg, sub, ctx, inner);
    return out;
  }
  const entries = rangeEntries(select.fromClause, ctx, inner);
  const visible = visibleThrough(entries, sub, select);
  return visible === undefined ? select : inClauses(select, visible, ctx, inner);
}

function visibleThrough(
  entries: ReturnType<typeof rangeEntries>,
  sub: Substitution,
  select: SelectStmt,
): Substitution | undefined {
  const mentions = (name: string): boolean =>
    someNode(select, (n) => 'ColumnRef' in n && nameParts(n.ColumnRef.fields)[0] === name);
  const aliasShadowed = entries.some((e) => e.alias === sub.alias);
  const columns = new Map<string, Node>();
  for (const [name, value] of sub.columns) {
    if (entries.some((e) => e.columns?.includes(name))) continue;
    if (entries.some((e) => e.columns === null) && mentions(name)) {
      throw new Decline('unresolved-column', 'a subquery refers to a column that two queries may have');
    }
    columns.set(name, value);
  }
  const used = (!aliasShadowed && sub.alias !== undefined && mentions(sub.alias)) || [...columns.keys()].some(mentions);
  if (!used) return undefined;
  refuseCapture([...sub.columns.values()], entries);
  return aliasShadowed ? { ...sub, alias: undefined, columns, whole: undefined } : sub;
}

/** The replacing expressions must mean the same inside the subquery. */
function refuseCapture(values: readonly Node[], entries: ReturnType<typeof rangeEntries>): void {
  const captured = someNode(values, (n) => {
    if (!('ColumnRef' in n)) return false;
    const parts = nameParts(n.ColumnRef.fields);
    return entries.some((e) =>
      parts.length === 1 ? e.columns === null || e.columns.includes(parts[0] ?? '') : e.alias === parts[0],
    );
  });
  if (captured) throw new Decline('correlated-subquery', 'a subquery has names that would capture an argument');
}
