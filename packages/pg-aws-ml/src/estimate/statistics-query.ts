import { type Node, nameParts, parseStatement, tryDeparse } from 'pg-rewriter';

type SelectStmt = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];

/**
 * A query without what hides its columns from a query around it: order, LIMIT and locks. What the planner knows of the
 * values of a table's columns, it then knows of the query's too.
 */
export const withoutOrder = (sql: string): string =>
  changed(
    sql,
    ({ sortClause: _o, limitCount: _l, limitOffset: _f, limitOption: _t, lockingClause: _k, ...select }) => ({
      ...select,
      limitOption: 'LIMIT_OPTION_DEFAULT',
    }),
  );

const textTypes = new Set(['text', 'varchar', 'bpchar']);

/**
 * A query whose column is no longer cast to a type of text. The planner knows the average width of a table's column, but
 * not that of a cast of it.
 */
export const withoutCastToText = (sql: string, column: string): string =>
  changed(sql, (select) => {
    // There the expression has to be the same in other clauses.
    if (select.groupClause !== undefined || select.distinctClause !== undefined) return select;
    if (select.targetList === undefined) return select;
    return { ...select, targetList: select.targetList.map((target) => uncastIn(target, column)) };
  });

function changed(sql: string, change: (select: SelectStmt) => SelectStmt): string {
  const node = parseStatement(sql);
  return 'SelectStmt' in node ? (tryDeparse({ SelectStmt: change(node.SelectStmt) }) ?? sql) : sql;
}

function uncastIn(target: Node, column: string): Node {
  if (!('ResTarget' in target) || target.ResTarget.name !== column || target.ResTarget.val === undefined) return target;
  return { ResTarget: { ...target.ResTarget, val: uncast(target.ResTarget.val) } };
}

function uncast(value: Node): Node {
  if (!('TypeCast' in value)) return value;
  const { arg, typeName } = value.TypeCast;
  const isText = textTypes.has(nameParts(typeName?.names).at(-1) ?? '') && !typeName?.arrayBounds?.length;
  return arg !== undefined && isText ? uncast(arg) : value;
}
