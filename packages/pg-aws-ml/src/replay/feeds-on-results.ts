import { type Node, nameOutputs, nameParts, someNode } from 'pg-rewriter';
import type { MlMentions } from './ml-mentions.js';

type Select = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];
type Cte = Extract<Node, { CommonTableExpr: unknown }>['CommonTableExpr'];

/**
 * Whether a recursive query may pass the results of its calls on to the inputs of later ones. In a run that lacks a
 * result what follows from it can look like any other input (`coalesce(answer, '…')`).
 */
export function feedsOnResults(node: Node, ml: MlMentions): boolean {
  return someNode(node, (n) => hasRecursiveFeed(withClauseOf(n), ml));
}

function withClauseOf(node: Node): Select['withClause'] {
  for (const tag of ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'] as const) {
    if (tag in node) return (node as unknown as Record<string, Select>)[tag]?.withClause;
  }
  return undefined;
}

function hasRecursiveFeed(withClause: Select['withClause'], ml: MlMentions): boolean {
  if (withClause?.recursive !== true) return false;
  return (withClause.ctes ?? []).some((n) => 'CommonTableExpr' in n && feeds(n.CommonTableExpr, ml));
}

function feeds(cte: Cte, ml: MlMentions): boolean {
  const query = cte.ctequery === undefined ? undefined : nameOutputs(cte.ctequery);
  if (query === undefined || !('SelectStmt' in query)) return false;
  const { larg: anchor, rarg: step } = query.SelectStmt;
  if (anchor === undefined || step === undefined || !ml.in({ SelectStmt: step })) return false;
  const columns = columnsWithResults(cte, anchor, step, ml);
  return columns === 'any' || reads({ SelectStmt: step }, columns, cte.ctename ?? '');
}

/** Whether a tree may read one of the columns: by its name, as part of a row, under another name or to join by it. */
function reads(tree: Node, columns: ReadonlySet<string>, relation: string): boolean {
  const rows = new Set([relation]);
  const renames = (n: Node): boolean => {
    if (!('RangeVar' in n) || n.RangeVar.relname !== relation) return false;
    rows.add(n.RangeVar.alias?.aliasname ?? relation);
    return (n.RangeVar.alias?.colnames?.length ?? 0) > 0;
  };
  if (someNode(tree, renames)) return true;
  return someNode(tree, (n) => {
    if ('A_Star' in n) return true;
    if ('JoinExpr' in n) {
      const { isNatural, usingClause, alias } = n.JoinExpr;
      return isNatural === true || alias !== undefined || nameParts(usingClause).some((name) => columns.has(name));
    }
    if (!('ColumnRef' in n)) return false;
    const parts = nameParts(n.ColumnRef.fields);
    return parts.some((part) => columns.has(part)) || (parts.length === 1 && rows.has(parts[0] ?? ''));
  });
}

/** The columns of a recursive query that may hold the result of a call, by name; `any` where that can't be told. */
function columnsWithResults(cte: Cte, anchor: Select, step: Select, ml: MlMentions): ReadonlySet<string> | 'any' {
  const renamed = nameParts(cte.aliascolnames);
  const names = new Set<string>();
  for (const arm of [anchor, step]) {
    const { targetList, ...others } = arm;
    if (targetList === undefined || ml.in({ SelectStmt: others })) return 'any';
    for (const [position, item] of targetList.entries()) {
      if (someNode(item, (n) => 'A_Star' in n)) return 'any';
      if (!ml.in(item)) continue;
      const own = anchor.targetList?.[position];
      const name = renamed[position] ?? (own !== undefined && 'ResTarget' in own ? own.ResTarget.name : undefined);
      if (name === undefined) return 'any';
      names.add(name);
    }
  }
  return names;
}
