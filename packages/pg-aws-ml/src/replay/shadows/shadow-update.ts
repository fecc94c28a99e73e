/**
 * Reads what an UPDATE would compute.
 *
 * Before: UPDATE notes AS n SET mood = (detect_sentiment(body, 'en')).sentiment, seen = now() FROM u WHERE n.u = u.id
 * After:  SELECT (detect_sentiment(body, 'en')).sentiment FROM notes AS n, u WHERE n.u = u.id
 *
 * Before: UPDATE notes SET (mood, sure) = (SELECT s.sentiment, s.confidence FROM detect_sentiment(body, 'en') s)
 * After:  SELECT a.* FROM notes, LATERAL (SELECT s.sentiment, s.confidence FROM detect_sentiment(body, 'en') s) AS a (c1, c2)
 *
 * Before: UPDATE notes AS n SET mood = s.sentiment, seen = now() FROM raw r, detect_sentiment(r.body, 'en') s WHERE r.id = n.id
 * After:  SELECT s.sentiment FROM notes AS n, raw r, detect_sentiment(r.body, 'en') s WHERE r.id = n.id
 *
 * Preconditions: RETURNING makes calls only over columns that the statement doesn't set.
 * Does not shadow: WHERE CURRENT OF; a data-modifying WITH; `SET (a, b) = (SELECT …)` with more than
 * one ML call in its FROM, or other clauses.
 */
import type { SelectStmt, UpdateStmt } from '@pgsql/types';
import { type Node, someNode } from 'pg-rewriter';
import { aliasName } from '../../stubs/names.js';
import type { MlMentions } from '../ml-mentions.js';
import { selectNode, valuesOf } from './select.js';

export function shadowUpdate(update: UpdateStmt, ml: MlMentions): Node | undefined {
  if (update.relation === undefined) return undefined;
  const { joins, rest } = withRowsJoined(update, ml);
  const computed = assignedExpressions(rest);
  const returned = valuesOf(update.returningClause?.exprs).filter((e) => ml.in(e));
  const set = new Set((update.targetList ?? []).map((t) => ('ResTarget' in t ? t.ResTarget.name : undefined)));
  if (computed === undefined || returned.some((e) => readsColumn(e, set))) return undefined;
  return selectNode(
    [...joins.map(allOf), ...readBy(computed, [update.fromClause, update.withClause], ml), ...returned],
    [{ RangeVar: update.relation }, ...(update.fromClause ?? []), ...joins],
    update.whereClause,
    update.withClause,
  );
}

/**
 * What of the assigned expressions makes calls: themselves, or sources whose columns they read. Of an expression that
 * calls functions only the columns count, since the functions may have effects; nothing where it may not read them all.
 */
export function readBy(assigned: readonly Node[], sources: unknown, ml: MlMentions): Node[] {
  if (!ml.in(sources)) return assigned.filter((e) => ml.in(e));
  return assigned.flatMap((e) => {
    if (ml.in(e) || !someNode(e, (n) => 'FuncCall' in n || 'SubLink' in n)) return [e];
    return someNode(e, isConditional) ? [] : columnsOf(e);
  });
}

const isConditional = (n: Node): boolean =>
  'SubLink' in n || 'CaseExpr' in n || 'CoalesceExpr' in n || 'BoolExpr' in n || 'MinMaxExpr' in n;

function columnsOf(expression: Node): Node[] {
  const columns: Node[] = [];
  someNode(expression, (n) => {
    if ('ColumnRef' in n) columns.push(n);
    return false;
  });
  return columns;
}

/** The sub-selects from one ML call that are assigned, as items of FROM, and the statement without them. */
function withRowsJoined(update: UpdateStmt, ml: MlMentions) {
  const joins: Extract<Node, { RangeSubselect: unknown }>[] = [];
  const targetList = (update.targetList ?? []).filter((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (value === undefined) return true;
    if ('MultiAssignRef' in value && value.MultiAssignRef.colno !== 1) return true;
    const select = selectFromCall('MultiAssignRef' in value ? value.MultiAssignRef.source : value, ml);
    if (select === undefined) return true;
    const alias = aliasName(`row_${joins.length + 1}`);
    const colnames = (select.targetList ?? []).map(
      (_, i): Node => ({ String: { sval: aliasName(`column_${i + 1}`) } }),
    );
    const subquery = { SelectStmt: select };
    joins.push({ RangeSubselect: { lateral: true, subquery, alias: { aliasname: alias, colnames } } });
    return false;
  });
  return { joins, rest: { targetList } };
}

/** `(SELECT … FROM ml(…) s)`, which has one row. */
function selectFromCall(value: Node | undefined, ml: MlMentions): SelectStmt | undefined {
  if (value === undefined || !('SubLink' in value) || value.SubLink.subLinkType !== 'EXPR_SUBLINK') return undefined;
  const { subselect } = value.SubLink;
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined;
  const { fromClause = [], targetList, limitOption, op, ...more } = subselect.SelectStmt;
  const [call, another] = fromClause;
  if (call === undefined || another !== undefined || !('RangeFunction' in call) || !ml.in(call)) return undefined;
  return Object.keys(more).length === 0 ? subselect.SelectStmt : undefined;
}

const allOf = ({ RangeSubselect }: Extract<Node, { RangeSubselect: unknown }>): Node => ({
  ColumnRef: { fields: [{ String: { sval: RangeSubselect.alias?.aliasname ?? '' } }, { A_Star: {} }] },
});

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
