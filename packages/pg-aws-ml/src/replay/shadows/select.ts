import type { SelectStmt, WithClause } from '@pgsql/types';
import { type Node, someNode } from 'pg-rewriter';

/** `SELECT e1, e2, … FROM … WHERE …`; the number 1 where there is no expression. */
export function selectNode(
  expressions: readonly Node[],
  from: readonly Node[],
  where?: Node | undefined,
  withClause?: WithClause | undefined,
): Node {
  const one: Node = { A_Const: { ival: { ival: 1 } } };
  const select: SelectStmt = {
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
    targetList: (expressions.length === 0 ? [one] : expressions).map((val) => ({ ResTarget: { val } })),
    ...(from.length === 0 ? {} : { fromClause: [...from] }),
    ...(where === undefined ? {} : { whereClause: where }),
    ...(withClause === undefined ? {} : { withClause }),
  };
  return { SelectStmt: select };
}

/** What a SELECT cannot say: a data-modifying WITH, or the position of a cursor. */
export const needsItsStatement = (tree: unknown): boolean =>
  someNode(
    tree,
    (node) =>
      'CurrentOfExpr' in node ||
      ('CommonTableExpr' in node && !('SelectStmt' in (node.CommonTableExpr.ctequery ?? {}))),
  );

/** The expressions of a list of results. */
export const valuesOf = (targets: readonly Node[] | undefined): Node[] =>
  (targets ?? []).flatMap((t) => ('ResTarget' in t && t.ResTarget.val !== undefined ? [t.ResTarget.val] : []));
