/**
 * Reads what an UPDATE would compute.
 *
 * Before: UPDATE notes AS n SET mood = (detect_sentiment(body, 'en')).sentiment, seen = now() FROM u WHERE n.u = u.id
 * After:  SELECT (detect_sentiment(body, 'en')).sentiment FROM notes AS n, u WHERE n.u = u.id
 *
 * Preconditions: RETURNING makes calls only over columns that the statement doesn't set.
 * Does not shadow: WHERE CURRENT OF; a data-modifying WITH; `SET (a, b) = (SELECT …)` with ML calls.
 */
import type { UpdateStmt } from '@pgsql/types';
import { type Node, someNode } from 'pg-rewriter';
import type { MlMentions } from '../ml-mentions.js';
import { selectNode, valuesOf } from './select.js';

export function shadowUpdate(update: UpdateStmt, ml: MlMentions): Node | undefined {
  if (update.relation === undefined) return undefined;
  const computed = assignedExpressions(update);
  const returned = valuesOf(update.returningClause?.exprs).filter((e) => ml.in(e));
  const set = new Set((update.targetList ?? []).map((t) => ('ResTarget' in t ? t.ResTarget.name : undefined)));
  if (computed === undefined || returned.some((e) => readsColumn(e, set))) return undefined;
  return selectNode(
    [...computed.filter((e) => ml.in(e)), ...returned],
    [{ RangeVar: update.relation }, ...(update.fromClause ?? [])],
    update.whereClause,
    update.withClause,
  );
}

/** Undefined where several columns get the row of one subquery. */
export function assignedExpressions(update: Pick<UpdateStmt, 'targetList'>): Node[] | undefined {
  const expressions: Node[] = [];
  for (const value of valuesOf(update.targetList)) {
    if (!('MultiAssignRef' in value)) expressions.push(value);
    else if (value.MultiAssignRef.colno === 1) {
      const { source } = value.MultiAssignRef;
      if (source === undefined || !('RowExpr' in source)) return undefined;
      expressions.push(...(source.RowExpr.args ?? []));
    }
  }
  return expressions.filter((e) => !('SetToDefault' in e));
}

/** Whether one of the columns is read; a whole row reads them all. */
function readsColumn(expression: Node, columns: ReadonlySet<string | undefined>): boolean {
  return someNode(expression, (node) => {
    if (!('ColumnRef' in node)) return false;
    const last = node.ColumnRef.fields?.at(-1);
    if (last === undefined || !('String' in last)) return true;
    return columns.has(last.String.sval);
  });
}
