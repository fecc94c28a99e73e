import { field } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { forEachNode, mapFields, mapNodes, someNode } from '../ast/walk.js';
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
  /** Names that mean something else where they stand alone. */
  readonly hidden?: ReadonlySet<string>;
}

/** Replaces the references to one range table entry in all clauses of its query, subqueries included. */
export const substitute = (select: SelectStmt, sub: Substitution, ctx: PlanContext, ctes: CteColumns): SelectStmt =>
  substituteAll(select, [sub], ctx, ctes);

/**
 * As if the entries were substituted one by one, from the last to the first, but in one walk.
 * @param subs in the order of FROM: what replaces the columns of an entry may read those of the entries before
 */
export function substituteAll(
  select: SelectStmt,
  subs: readonly Substitution[],
  ctx: PlanContext,
  ctes: CteColumns,
): SelectStmt {
  const all = new Substitutions([]);
  for (const sub of subs) all.add(all.within(sub, ctx, ctes));
  const { fromClause, ...others } = select;
  const out = inClauses(others, all, ctx, ctes);
  if (fromClause === undefined) return out;
  // What stands beside the entry in FROM sees it in conditions, in functions and under LATERAL.
  const beside = (node: Node): Node | undefined =>
    'RangeSubselect' in node && !node.RangeSubselect.lateral ? node : visitNode(node, all, ctx, ctes);
  return { ...out, fromClause: mapNodes(fromClause, beside) };
}

/** Substitutions of several entries, found by the names that they replace. */
class Substitutions {
  readonly #list: Substitution[] = [];
  /** The last that replaces a bare name. */
  readonly #byName = new Map<string, Substitution>();
  /** The last of an alias. */
  readonly #byAlias = new Map<string, Substitution>();
  /** All that a name may concern, as a column or an alias. */
  readonly #concerned = new Map<string, Substitution[]>();

  constructor(subs: readonly Substitution[]) {
    for (const sub of subs) this.add(sub);
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  add(sub: Substitution): void {
    this.#list.push(sub);
    if (sub.alias !== undefined) this.#byAlias.set(sub.alias, sub);
    for (const name of new Set([...sub.columns.keys(), ...(sub.alias === undefined ? [] : [sub.alias])])) {
      if (!sub.hidden?.has(name)) this.#byName.set(name, sub);
      const concerned = this.#concerned.get(name);
      if (concerned === undefined) this.#concerned.set(name, [sub]);
      else concerned.push(sub);
    }
  }

  replacement(parts: readonly string[]): Node | undefined {
    const [first = '', second] = parts;
    const sub = second === undefined ? this.#byName.get(first) : this.#byAlias.get(first);
    return sub === undefined ? undefined : replacement(parts, sub);
  }

  /** Those that have a column or an alias among the names, in their order. */
  concernedBy(names: ReadonlySet<string>): Substitution[] {
    const found = new Set<Substitution>();
    for (const name of names) for (const sub of this.#concerned.get(name) ?? []) found.add(sub);
    return this.#list.filter((sub) => found.has(sub));
  }

  /** A later substitution, with these applied to what it replaces its columns by. */
  within(sub: Substitution, ctx: PlanContext, ctes: CteColumns): Substitution {
    if (this.isEmpty) return sub;
    const visit = (node: Node): Node | undefined => visitNode(node, this, ctx, ctes);
    const columns = new Map([...sub.columns].map(([name, value]) => [name, mapNodes(value, visit)]));
    return { ...sub, columns, whole: sub.whole === undefined ? undefined : mapNodes(sub.whole, visit) };
  }
}

/** In a query that sees the entries everywhere, be they around it. */
function inClauses(select: SelectStmt, subs: Substitutions, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const outputs = new Set(outputNames(select));
  const visit = (node: Node): Node | undefined => visitNode(node, subs, ctx, ctes);
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

function visitNode(node: Node, subs: Substitutions, ctx: PlanContext, ctes: CteColumns): Node | undefined {
  if ('ColumnRef' in node) return subs.replacement(nameParts(node.ColumnRef.fields));
  if ('SelectStmt' in node) return { SelectStmt: intoSubquery(node.SelectStmt, subs, ctx, ctes) };
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

/** A subquery sees an entry unless it has one of that name, or a column of that name, itself. */
function intoSubquery(select: SelectStmt, subs: Substitutions, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const inner = withCtes(select, ctx, ctes);
  const arms = [select.larg, select.rarg].filter((arm) => arm !== undefined);
  if (arms.length > 0) {
    const { larg: _left, rarg: _right, ...rest } = select;
    const out: SelectStmt = { ...mapFields(rest, (n) => visitNode(n, subs, ctx, inner)) };
    if (select.larg !== undefined) out.larg = intoSubquery(select.larg, subs, ctx, inner);
    if (select.rarg !== undefined) out.rarg = intoSubquery(select.rarg, subs, ctx, inner);
    return out;
  }
  const names = firstNames(select);
  const concerned = subs.concernedBy(names);
  if (concerned.length === 0) return select;
  const entries = rangeEntries(select.fromClause, ctx, inner);
  const visible = concerned.flatMap((sub) => visibleThrough(entries, sub, names) ?? []);
  return visible.length === 0 ? select : inClauses(select, new Substitutions(visible), ctx, inner);
}

/** The names that the references of a tree begin with. */
function firstNames(tree: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  forEachNode(tree, (node) => {
    if ('ColumnRef' in node) names.add(nameParts(node.ColumnRef.fields)[0] ?? '');
  });
  return names;
}

function visibleThrough(
  entries: ReturnType<typeof rangeEntries>,
  sub: Substitution,
  names: ReadonlySet<string>,
): Substitution | undefined {
  const aliasShadowed = entries.some((e) => e.alias === sub.alias);
  const replaced = [...sub.columns.keys(), ...(sub.alias === undefined ? [] : [sub.alias])];
  const hidden = new Set(
    replaced.filter((name) => sub.hidden?.has(name) || entries.some((e) => e.columns?.includes(name))),
  );
  const columns = new Map([...sub.columns].filter(([name]) => !hidden.has(name)));
  if (entries.some((e) => e.columns === null) && [...columns.keys()].some((name) => names.has(name))) {
    throw new Decline('unresolved-column', 'a subquery refers to a column that two queries may have');
  }
  const used =
    (!aliasShadowed && sub.alias !== undefined && names.has(sub.alias)) ||
    [...columns.keys()].some((n) => names.has(n));
  if (!used) return undefined;
  refuseCapture([...sub.columns.values()], entries);
  return aliasShadowed ? { ...sub, alias: undefined, columns, whole: undefined } : { ...sub, hidden };
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
