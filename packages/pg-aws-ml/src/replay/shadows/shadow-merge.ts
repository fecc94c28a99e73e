/**
 * Reads what a MERGE would compute: the first WHEN clause whose condition holds decides.
 *
 * Before: MERGE INTO r USING s ON r.id = s.id
 *         WHEN MATCHED AND s.old THEN DELETE
 *         WHEN MATCHED THEN UPDATE SET mood = f(s.body)
 *         WHEN NOT MATCHED THEN INSERT VALUES (s.id, g(s.body))
 * After:  SELECT CASE WHEN r.ctid IS NOT NULL AND s.old THEN NULL
 *                     WHEN r.ctid IS NOT NULL THEN num_nulls(f(s.body))
 *                     WHEN r.ctid IS NULL THEN num_nulls(g(s.body)) END
 *         FROM s LEFT JOIN r ON r.id = s.id
 *
 * Does not shadow: NOT MATCHED BY SOURCE; a data-modifying WITH; a whole row assigned from a subquery.
 */
import type { MergeStmt, MergeWhenClause } from '@pgsql/types';
import type { Node } from 'pg-rewriter';
import type { MlMentions } from '../ml-mentions.js';
import { selectNode } from './select.js';
import { assignedExpressions, readBy } from './shadow-update.js';

export function shadowMerge(merge: MergeStmt, ml: MlMentions): Node | undefined {
  const { relation, sourceRelation, joinCondition, withClause } = merge;
  const clauses = (merge.mergeWhenClauses ?? []).flatMap((c) => ('MergeWhenClause' in c ? [c.MergeWhenClause] : []));
  if (relation === undefined || sourceRelation === undefined || ml.in(merge.returningClause)) return undefined;
  if (clauses.some((c) => c.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE')) return undefined;
  const target = relation.alias?.aliasname ?? relation.relname ?? '';
  const sources = [sourceRelation, withClause];
  const branches = clauses.map((clause) => branch(clause, target, sources, ml));
  if (branches.some((b) => b === undefined)) return undefined;
  const inserts = clauses.some((c) => c.matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_TARGET');
  const join: Node = {
    JoinExpr: {
      jointype: inserts ? 'JOIN_LEFT' : 'JOIN_INNER',
      larg: sourceRelation,
      rarg: { RangeVar: relation },
      ...(joinCondition === undefined ? {} : { quals: joinCondition }),
    },
  };
  const decision: Node = { CaseExpr: { args: branches as Node[] } };
  return selectNode(ml.in([clauses, sources]) ? [decision] : [], [join], undefined, withClause);
}

/** `WHEN <matched and condition> THEN <what it computes>` */
function branch(clause: MergeWhenClause, target: string, sources: unknown, ml: MlMentions): Node | undefined {
  const matched: Node = {
    NullTest: {
      arg: { ColumnRef: { fields: [{ String: { sval: target } }, { String: { sval: 'ctid' } }] } },
      nulltesttype: clause.matchKind === 'MERGE_WHEN_MATCHED' ? 'IS_NOT_NULL' : 'IS_NULL',
    },
  };
  const { condition } = clause;
  const expr: Node =
    condition === undefined ? matched : { BoolExpr: { boolop: 'AND_EXPR', args: [matched, condition] } };
  const assigned = assignedExpressions(clause);
  if (assigned === undefined) return undefined;
  const values = clause.values ?? [];
  const written = [...assigned, ...values].filter((e) => !('SetToDefault' in e));
  const computed = readBy(written, sources, ml);
  return { CaseWhen: { expr, result: computed.length === 0 ? { A_Const: { isnull: true } } : countOf(computed) } };
}

/** An integer for expressions of any types, which all are evaluated. */
const countOf = (expressions: readonly Node[]): Node => ({
  FuncCall: {
    funcname: [{ String: { sval: 'num_nulls' } }],
    args: [...expressions],
    funcformat: 'COERCE_EXPLICIT_CALL',
  },
});
