import type { Alias, Node, SelectStmt } from './node.js';

export const stringNode = (sval: string): Node => ({ String: { sval } });

export const columnRef = (...names: string[]): Node => ({ ColumnRef: { fields: names.map(stringNode) } });

export const nullConst = (): Node => ({ A_Const: { isnull: true } });

export const boolConst = (value: boolean): Node => ({ A_Const: { boolval: value ? { boolval: true } : {} } });

export const target = (val: Node, name?: string): Node => ({
  ResTarget: name === undefined ? { val } : { name, val },
});

export function emptySelect(): SelectStmt {
  return { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' };
}

/** `SELECT e1, e2, …` */
export function selectOf(expressions: readonly Node[]): Node {
  return { SelectStmt: { ...emptySelect(), targetList: expressions.map((e) => target(e)) } };
}

/** The conditions joined by AND; undefined for none. */
export const andAll = (conditions: readonly Node[]): Node | undefined => joinBool('AND_EXPR', conditions);

/** The conditions joined by OR; undefined for none. */
export const orAll = (conditions: readonly Node[]): Node | undefined => joinBool('OR_EXPR', conditions);

/** Nested AND (or OR) is written flat, as the grammar does. */
function joinBool(boolop: 'AND_EXPR' | 'OR_EXPR', conditions: readonly Node[]): Node | undefined {
  const args = conditions.flatMap((c) =>
    'BoolExpr' in c && c.BoolExpr.boolop === boolop ? (c.BoolExpr.args ?? []) : [c],
  );
  return args.length < 2 ? args[0] : { BoolExpr: { boolop, args } };
}

/** `CASE WHEN condition THEN result ELSE otherwise END`; without ELSE when `otherwise` is undefined. */
export function caseWhen(condition: Node, result: Node, otherwise?: Node): Node {
  const args: Node[] = [{ CaseWhen: { expr: condition, result } }];
  return { CaseExpr: otherwise === undefined ? { args } : { args, defresult: otherwise } };
}

export const isNotNull = (arg: Node): Node => ({ NullTest: { arg, nulltesttype: 'IS_NOT_NULL' } });

export function rangeSubselect(subquery: SelectStmt, aliasname: string, lateral = false, colnames?: string[]): Node {
  const alias: Alias = colnames === undefined ? { aliasname } : { aliasname, colnames: colnames.map(stringNode) };
  const range = { subquery: { SelectStmt: subquery }, alias };
  return { RangeSubselect: lateral ? { lateral: true, ...range } : range };
}

/** `CROSS JOIN right` */
export const crossJoin = (larg: Node, rarg: Node): Node => ({ JoinExpr: { jointype: 'JOIN_INNER', larg, rarg } });

export function functionCall(names: readonly string[], args: readonly Node[], variadic = false): Node {
  return {
    FuncCall: {
      funcname: names.map(stringNode),
      ...(args.length ? { args: [...args] } : {}),
      ...(variadic ? { func_variadic: true } : {}),
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}

export const field = (arg: Node, name: string): Node => ({ A_Indirection: { arg, indirection: [stringNode(name)] } });

/**
 * `CAST(arg AS type)` for a type of pg_catalog without modifiers. The deparser leaves out the schema, and the grammar
 * adds it again to the types that are keywords; `text` is none.
 */
export function castTo(arg: Node, typeName: string): Node {
  const names = typeName === 'text' ? ['text'] : ['pg_catalog', typeName];
  return { TypeCast: { arg, typeName: { names: names.map(stringNode), typemod: -1 } } };
}
