/** The types of output columns, as far as the facts tell. */

import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts, targetValue } from '../ast/node.js';
import type { PlanContext } from './plan-context.js';
import type { CteColumns, RangeEntry } from './scope.js';
import { rangeEntries, withCtes } from './scope.js';

/** The type of a string constant until something gives it one. */
export const UNKNOWN = 'unknown';

/**
 * The type of an output column by its position, as format_type writes it but without modifiers; undefined where it
 * can't be told. Columns of set operations have one where all their queries agree on it.
 */
export function columnType(
  query: SelectStmt,
  position: number,
  ctx: PlanContext,
  ctes: CteColumns,
): string | undefined {
  const inner = withCtes(query, ctx, ctes);
  if (query.larg !== undefined && query.rarg !== undefined) {
    const left = columnType(query.larg, position, ctx, inner);
    const right = columnType(query.rarg, position, ctx, inner);
    return commonType(left, right);
  }
  const val = targetValue(query.targetList?.[position]);
  return val === undefined ? undefined : expressionType(val, query, ctx, inner);
}

function commonType(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === UNKNOWN) return right;
  return right === UNKNOWN || right === left ? left : undefined;
}

function expressionType(val: Node, query: SelectStmt, ctx: PlanContext, ctes: CteColumns): string | undefined {
  if ('ColumnRef' in val) return referencedType(nameParts(val.ColumnRef.fields), query, ctx, ctes);
  if (!('A_Const' in val)) return undefined;
  if (val.A_Const.sval !== undefined) return UNKNOWN;
  if (val.A_Const.ival !== undefined) return 'integer';
  return val.A_Const.boolval !== undefined ? 'boolean' : undefined;
}

function referencedType(
  parts: readonly string[],
  query: SelectStmt,
  ctx: PlanContext,
  ctes: CteColumns,
): string | undefined {
  const name = parts.at(-1) ?? '';
  const qualifier = parts.at(-2);
  const entries = rangeEntries(query.fromClause, ctx, ctes).filter(
    (e) => (qualifier === undefined || e.alias === qualifier) && (e.columns === null || e.columns.includes(name)),
  );
  const [entry] = entries;
  if (entry === undefined || entries.length > 1 || parts.length > 2) return undefined;
  return entryColumnType(entry, name, ctx, ctes);
}

/** The type of a column of an entry of FROM; undefined where it can't be told. */
export function entryColumnType(
  entry: RangeEntry,
  name: string,
  ctx: PlanContext,
  ctes: CteColumns,
): string | undefined {
  const position = entry.columns?.indexOf(name) ?? -1;
  if (position < 0) return undefined;
  if ('RangeSubselect' in entry.item) {
    const subquery = asSelect(entry.item.RangeSubselect.subquery);
    return subquery === undefined ? undefined : columnType(subquery, position, ctx, ctes);
  }
  if (!('RangeVar' in entry.item)) return undefined;
  const { RangeVar: range } = entry.item;
  if (range.schemaname === undefined && ctes.has(range.relname ?? '')) return undefined;
  return ctx.relation(range)?.columns[position]?.type.replace(/\([^)]*\)/, '');
}
