import type { PlanContext } from '../analysis/plan-context.js';
import { rangeEntries } from '../analysis/scope.js';
import { columnRef } from '../ast/build.js';
import type { FuncCall, Node, SubLink } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { mapFields, mapNodes, someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';

/** Where the values of an expression come from once its query is cut at the batch scan. */
export interface RelationColumns {
  readonly relation: string;
  /** The row column that carries an expression of the base query. */
  baseColumn(expression: Node): string;
  /** The columns with the results of a call. */
  resultsOf(call: FuncCall): readonly string[];
  /** The name of the row that holds a composite result, to be joined to the relation. */
  compositeOf(call: FuncCall): string;
  /** The column that carries a condition which many others contain; undefined where it is evaluated in place. */
  conditionColumn(condition: Node): string | undefined;
}

/** Rewrites an expression so that it reads the rows of a pipeline instead of the tables of its query. */
export function overRelation<T>(expression: T, columns: RelationColumns, ctx: PlanContext, conditional = false): T {
  return mapNodes(expression, (node) => {
    const condition = columns.conditionColumn(node);
    if (condition !== undefined) return columnRef(columns.relation, condition);
    if ('A_Indirection' in node) return resultField(node, columns, ctx, conditional);
    if ('ColumnRef' in node) return column(node, columns);
    if ('SubLink' in node) return subLink(node.SubLink, columns, ctx, conditional);
    if ('FuncCall' in node && ctx.isMlCall(node)) return resultOf(node.FuncCall, columns);
    const branches = 'CaseExpr' in node || 'CoalesceExpr' in node || 'BoolExpr' in node;
    if (branches && !conditional) return mapFields(node, (n) => overRelation(n, columns, ctx, true));
    return undefined;
  });
}

function column(node: Node, columns: RelationColumns): Node {
  if ('ColumnRef' in node && nameParts(node.ColumnRef.fields).includes('*')) {
    throw new Decline('catalog-incomplete', 'a row star (x.*) is part of an expression with an ML call');
  }
  return columnRef(columns.relation, columns.baseColumn(node));
}

function resultOf(call: FuncCall, columns: RelationColumns): Node {
  const results = columns.resultsOf(call);
  const only = results[0];
  if (results.length === 1 && only !== undefined) return columnRef(columns.relation, only);
  return columnRef(columns.compositeOf(call));
}

/** `(call).field` */
function resultField(node: Node, columns: RelationColumns, ctx: PlanContext, conditional: boolean): Node | undefined {
  if (!('A_Indirection' in node)) return undefined;
  const { arg, indirection = [] } = node.A_Indirection;
  const [first, ...more] = indirection;
  if (arg === undefined || !('FuncCall' in arg) || first === undefined || !('String' in first)) return undefined;
  const ml = ctx.mlFunctionOf(arg.FuncCall);
  const index = ml?.results.findIndex((r) => r.name === first.String.sval) ?? -1;
  const column = ml !== undefined && ml.results.length > 1 ? columns.resultsOf(arg.FuncCall)[index] : undefined;
  if (column === undefined) return undefined;
  const value = columnRef(columns.relation, column);
  if (more.length === 0) return value;
  return { A_Indirection: { arg: value, indirection: overRelation(more, columns, ctx, conditional) } };
}

function subLink(link: SubLink, columns: RelationColumns, ctx: PlanContext, conditional: boolean): Node {
  if (ctx.hasMlCall(link.testexpr)) {
    if (!standsAlone(link, ctx)) {
      throw new Decline('subquery-in-expression', 'the result of an ML call is compared with a query over tables');
    }
    return { SubLink: { ...link, testexpr: overRelation(link.testexpr as Node, columns, ctx, conditional) } };
  }
  if (conditional) {
    throw new Decline('subquery-in-expression', 'a subquery stands in a branch beside an ML call');
  }
  return columnRef(columns.relation, columns.baseColumn({ SubLink: link }));
}

/** Whether a subquery reads neither tables nor the columns of the query around it. */
function standsAlone(link: SubLink, ctx: PlanContext): boolean {
  if (someNode(link.subselect, (n) => 'RangeVar' in n)) return false;
  const select = asSelect(link.subselect);
  if (select === undefined) return false;
  const entries = rangeEntries(select.fromClause, ctx, new Map());
  return !someNode([select.targetList, select.whereClause, select.sortClause], (n) => {
    if (!('ColumnRef' in n)) return false;
    const parts = nameParts(n.ColumnRef.fields);
    return !entries.some((e) => (parts.length === 1 ? e.columns?.includes(parts[0] ?? '') : e.alias === parts[0]));
  });
}
