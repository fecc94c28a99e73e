import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts, targetValue } from '../ast/node.js';

/** The expression behind an ORDER BY or DISTINCT ON item: an output position or name stands for its target. */
export function sortExpression(item: Node, select: SelectStmt): Node {
  return positionTarget(item, select) ?? nameTarget(item, select) ?? item;
}

/** The expression behind a GROUP BY item: an input column goes before an output name. */
export function groupExpression(item: Node, select: SelectStmt, isInputColumn: (name: string) => boolean): Node {
  const name = bareName(item);
  if (name !== undefined && isInputColumn(name)) return item;
  return sortExpression(item, select);
}

export function bareName(item: Node): string | undefined {
  if (!('ColumnRef' in item)) return undefined;
  const parts = nameParts(item.ColumnRef.fields);
  return parts.length === 1 ? parts[0] : undefined;
}

function positionTarget(item: Node, select: SelectStmt): Node | undefined {
  if (!('A_Const' in item) || item.A_Const.ival === undefined) return undefined;
  return keyOf(select.targetList?.[(item.A_Const.ival.ival ?? 0) - 1]);
}

function nameTarget(item: Node, select: SelectStmt): Node | undefined {
  const name = bareName(item);
  if (name === undefined) return undefined;
  return keyOf(select.targetList?.find((t) => 'ResTarget' in t && t.ResTarget.name === name));
}

/** A constant would be read as a position, or refused: `COALESCE(constant)` is an expression. */
function keyOf(item: Node | undefined): Node | undefined {
  const val = targetValue(item);
  return val !== undefined && 'A_Const' in val ? { CoalesceExpr: { args: [val] } } : val;
}

/** Rewrites the sort keys, each as the expression it stands for. */
export function mapSortKeys(select: SelectStmt, map: (expression: Node) => Node): Node[] | undefined {
  return select.sortClause?.map((key) => {
    if (!('SortBy' in key) || key.SortBy.node === undefined) return key;
    return { SortBy: { ...key.SortBy, node: map(sortExpression(key.SortBy.node, select)) } };
  });
}

export function sortKeyExpressions(select: SelectStmt): Node[] {
  return (select.sortClause ?? []).flatMap((key) =>
    'SortBy' in key && key.SortBy.node !== undefined ? [sortExpression(key.SortBy.node, select)] : [],
  );
}

/** Rewrites the items of GROUP BY, those inside GROUPING SETS included. */
export function mapGroupItems(items: readonly Node[], map: (item: Node) => Node): Node[] {
  return items.map((item) => {
    if (!('GroupingSet' in item)) return map(item);
    const content = item.GroupingSet.content;
    return content === undefined
      ? item
      : { GroupingSet: { ...item.GroupingSet, content: mapGroupItems(content, map) } };
  });
}

/** The grouping expressions themselves; a row in GROUP BY ROLLUP ((a, b)) counts as its parts. */
export function groupItems(items: readonly Node[] | undefined): Node[] {
  return (items ?? []).flatMap((item) => {
    if ('GroupingSet' in item) return groupItems(item.GroupingSet.content);
    if ('RowExpr' in item && item.RowExpr.row_format === 'COERCE_IMPLICIT_CAST') return groupItems(item.RowExpr.args);
    return [item];
  });
}
