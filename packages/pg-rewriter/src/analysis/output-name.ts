import type { Node, SubLink } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';

/** How good a name is: an alias-like name, a name of last resort, none. */
type Strength = 2 | 1 | 0;
type Named = readonly [name: string, strength: Strength];

const NONE: Named = ['?column?', 0];

/** The name that PostgreSQL gives an unaliased output column (FigureColname in its parser). */
export function outputName(expression: Node): string {
  return figure(expression)[0];
}

function figure(node: Node | undefined): Named {
  if (node === undefined) return NONE;
  if ('ColumnRef' in node) return lastName(node.ColumnRef.fields);
  if ('A_Indirection' in node) {
    const named = lastName(node.A_Indirection.indirection);
    return named[1] > 0 ? named : figure(node.A_Indirection.arg);
  }
  if ('FuncCall' in node) return lastName(node.FuncCall.funcname);
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? ['nullif', 2] : NONE;
  if ('TypeCast' in node) return orElse(figure(node.TypeCast.arg), nameParts(node.TypeCast.typeName?.names).at(-1));
  if ('CollateClause' in node) return figure(node.CollateClause.arg);
  if ('CaseExpr' in node) return orElse(figure(node.CaseExpr.defresult), 'case');
  if ('SubLink' in node) return figureSubLink(node.SubLink);
  return fixedName(node);
}

function lastName(nodes: readonly Node[] | undefined): Named {
  const last = nameParts(nodes)
    .filter((part) => part !== '*' && part !== '')
    .at(-1);
  return last === undefined ? NONE : [last, 2];
}

const orElse = (named: Named, fallback: string | undefined): Named =>
  named[1] > 1 || fallback === undefined ? named : [fallback, 1];

function figureSubLink(link: SubLink): Named {
  if (link.subLinkType === 'EXISTS_SUBLINK') return ['exists', 2];
  if (link.subLinkType === 'ARRAY_SUBLINK') return ['array', 2];
  if (link.subLinkType !== 'EXPR_SUBLINK') return NONE;
  const first = asSelect(link.subselect)?.targetList?.[0];
  if (first === undefined || !('ResTarget' in first)) return NONE;
  return first.ResTarget.name === undefined ? figure(first.ResTarget.val) : [first.ResTarget.name, 2];
}

/** Node types whose columns always have one name. */
const FIXED: Readonly<Record<string, string>> = {
  CoalesceExpr: 'coalesce',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  GroupingFunc: 'grouping',
  XmlSerialize: 'xmlserialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
};

function fixedName(node: Node): Named {
  const fixed = FIXED[Object.keys(node)[0] ?? ''];
  if (fixed !== undefined) return [fixed, 2];
  if ('MinMaxExpr' in node) return [node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest', 2];
  if ('SQLValueFunction' in node) return [operation(node.SQLValueFunction.op, /^SVFOP_|_N$/g), 2];
  if ('JsonFuncExpr' in node) return [operation(node.JsonFuncExpr.op, /_OP$/), 2];
  if ('XmlExpr' in node && node.XmlExpr.op !== 'IS_DOCUMENT') return [operation(node.XmlExpr.op, /^IS_/), 2];
  return NONE;
}

const operation = (op: string | undefined, affixes: RegExp): string => (op ?? '').replace(affixes, '').toLowerCase();
