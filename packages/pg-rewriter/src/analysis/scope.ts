import type { Alias, JoinExpr, Node, RangeVar, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { outputName } from './output-name.js';
import type { PlanContext } from './plan-context.js';
import { rangeFunctionColumns } from './range-function.js';
import { rowFields } from './row-fields.js';
import { isStar } from './star.js';
import { returnedColumns } from './written-rows.js';

/** One range table entry of a FROM clause. */
export interface RangeEntry {
  /** The name by which columns are qualified; undefined for an entry without one. */
  readonly alias: string | undefined;
  readonly schema: string | undefined;
  /** Column names in order; null where the facts don't tell. */
  readonly columns: readonly string[] | null;
  readonly item: Node;
}

/** Columns of the CTEs in scope, by name. */
export type CteColumns = ReadonlyMap<string, readonly string[] | null>;

/** The entries of a FROM clause in order, those inside joins included. */
export function rangeEntries(from: readonly Node[] | undefined, ctx: PlanContext, ctes: CteColumns): RangeEntry[] {
  return (from ?? []).flatMap((item) => entriesOf(item, ctx, ctes));
}

function entriesOf(item: Node, ctx: PlanContext, ctes: CteColumns): RangeEntry[] {
  if ('JoinExpr' in item) {
    return rangeEntries(
      [item.JoinExpr.larg, item.JoinExpr.rarg].filter((n) => n !== undefined),
      ctx,
      ctes,
    );
  }
  if ('RangeVar' in item) return [rangeVarEntry(item.RangeVar, item, ctx, ctes)];
  if ('RangeSubselect' in item) {
    const { alias, subquery } = item.RangeSubselect;
    const select = asSelect(subquery);
    const columns = select === undefined ? null : queryColumns(select, ctx, ctes);
    return [{ alias: alias?.aliasname, schema: undefined, columns: renamed(columns, alias), item }];
  }
  if ('RangeFunction' in item) {
    const range = item.RangeFunction;
    const first = range.functions?.[0];
    const call = first !== undefined && 'List' in first ? first.List.items?.[0] : undefined;
    const name = call !== undefined && 'FuncCall' in call ? nameParts(call.FuncCall.funcname).at(-1) : undefined;
    const columns = rangeFunctionColumns(range, ctx);
    return [{ alias: range.alias?.aliasname ?? name, schema: undefined, columns: renamed(columns, range.alias), item }];
  }
  if ('RangeTableSample' in item && item.RangeTableSample.relation !== undefined) {
    return entriesOf(item.RangeTableSample.relation, ctx, ctes).map((entry) => ({ ...entry, item }));
  }
  return [{ alias: undefined, schema: undefined, columns: null, item }];
}

function rangeVarEntry(range: RangeVar, item: Node, ctx: PlanContext, ctes: CteColumns): RangeEntry {
  const name = range.relname ?? '';
  const cte = range.schemaname === undefined ? ctes.get(name) : undefined;
  const columns = cte !== undefined ? cte : (ctx.relation(range)?.columns.map((c) => c.name) ?? null);
  return {
    alias: range.alias?.aliasname ?? name,
    schema: range.alias === undefined ? range.schemaname : undefined,
    columns: renamed(columns, range.alias),
    item,
  };
}

function renamed(columns: readonly string[] | null, alias: Alias | undefined): readonly string[] | null {
  const names = nameParts(alias?.colnames);
  if (names.length === 0) return columns;
  return columns === null ? null : columns.map((c, i) => names[i] ?? c);
}

/** The output column names of a query; null where they can't be told. */
export function queryColumns(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): readonly string[] | null {
  const inner = withCtes(select, ctx, ctes);
  if (select.larg !== undefined) return queryColumns(select.larg, ctx, inner);
  const values = select.valuesLists?.[0];
  if (values !== undefined && 'List' in values) return (values.List.items ?? []).map((_, i) => `column${i + 1}`);
  const out: string[] = [];
  for (const node of select.targetList ?? []) {
    if (!('ResTarget' in node) || node.ResTarget.val === undefined) return null;
    const { name, val } = node.ResTarget;
    if (name === undefined && isStar(val)) {
      const expanded = starNames(val, select, ctx, inner);
      if (expanded === null) return null;
      out.push(...expanded);
    } else {
      out.push(name ?? outputName(val));
    }
  }
  return out;
}

function starNames(star: Node, select: SelectStmt, ctx: PlanContext, ctes: CteColumns): readonly string[] | null {
  if ('ColumnRef' in star) {
    return starColumns(nameParts(star.ColumnRef.fields), select, ctx, ctes)?.map((c) => c.column) ?? null;
  }
  const row = 'A_Indirection' in star ? star.A_Indirection.arg : undefined;
  return row === undefined ? null : rowFields(row, ctx);
}

/** The CTEs in scope inside a query: those around it and its own. */
export function withCtes(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): CteColumns {
  if (select.withClause === undefined) return ctes;
  const out = new Map(ctes);
  for (const node of select.withClause.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', aliascolnames, ctequery } = node.CommonTableExpr;
    const query = asSelect(ctequery);
    const columns = query === undefined ? returnedColumns(ctequery, ctx) : queryColumns(query, ctx, out);
    const names = nameParts(aliascolnames);
    out.set(ctename, columns === null ? (names.length > 0 ? names : null) : columns.map((c, i) => names[i] ?? c));
  }
  return out;
}

/** A column that a star stands for; `alias` is undefined for a column merged by USING. */
export interface StarColumn {
  readonly alias: string | undefined;
  readonly column: string;
}

/** What `*` (parts `['*']`) or `t.*` (parts `[…, 't', '*']`) stands for; null where it can't be told. */
export function starColumns(
  parts: readonly string[],
  select: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns,
): StarColumn[] | null {
  if (parts.length === 1) {
    const out: StarColumn[] = [];
    for (const item of select.fromClause ?? []) {
      const columns = itemStar(item, ctx, ctes);
      if (columns === null) return null;
      out.push(...columns);
    }
    return out;
  }
  const alias = parts.at(-2);
  const entry = rangeEntries(select.fromClause, ctx, ctes).find((e) => e.alias === alias);
  return entry?.columns?.map((column) => ({ alias, column })) ?? null;
}

function itemStar(item: Node, ctx: PlanContext, ctes: CteColumns): StarColumn[] | null {
  if ('JoinExpr' in item) return joinStar(item.JoinExpr, ctx, ctes);
  const [entry] = entriesOf(item, ctx, ctes);
  return entry?.columns?.map((column) => ({ alias: entry.alias, column })) ?? null;
}

function joinStar(join: JoinExpr, ctx: PlanContext, ctes: CteColumns): StarColumn[] | null {
  if (join.alias !== undefined || join.larg === undefined || join.rarg === undefined) return null;
  const left = itemStar(join.larg, ctx, ctes);
  const right = itemStar(join.rarg, ctx, ctes);
  if (left === null || right === null) return null;
  const using = join.isNatural
    ? left.map((c) => c.column).filter((name) => right.some((c) => c.column === name))
    : nameParts(join.usingClause);
  const unmerged = (c: StarColumn): boolean => !using.includes(c.column);
  const merged = using.map((column): StarColumn => ({ alias: undefined, column }));
  return [...merged, ...left.filter(unmerged), ...right.filter(unmerged)];
}
