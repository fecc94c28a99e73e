/**
 * Reads what an INSERT would compute.
 *
 * Before: INSERT INTO results (id, mood) SELECT id, (detect_sentiment(body, 'en')).sentiment FROM notes
 * After:  SELECT id, (detect_sentiment(body, 'en')).sentiment FROM notes
 *
 * Before: INSERT INTO results (id, mood) VALUES (1, (detect_sentiment('a', 'en')).sentiment), (2, 'MIXED')
 * After:  SELECT (detect_sentiment('a', 'en')).sentiment
 *
 * Does not shadow: ML calls in RETURNING or ON CONFLICT, which see the row as it is stored; a data-modifying WITH; WITH
 * before INSERT and before its SELECT.
 */
import type { InsertStmt } from '@pgsql/types';
import type { Node } from 'pg-rewriter';
import type { MlMentions } from '../ml-mentions.js';
import { selectNode } from './select.js';

export function shadowInsert(insert: InsertStmt, ml: MlMentions): Node | undefined {
  const { selectStmt, withClause } = insert;
  if (ml.in([insert.returningClause, insert.onConflictClause])) return undefined;
  if (selectStmt === undefined || !('SelectStmt' in selectStmt)) return undefined;
  const select = selectStmt.SelectStmt;
  if (select.valuesLists !== undefined && select.valuesLists.length > 0) {
    const items = select.valuesLists.flatMap((row) => ('List' in row ? (row.List.items ?? []) : []));
    const computed = items.filter((item) => ml.in(item));
    return selectNode(computed, [], undefined, withClause ?? select.withClause);
  }
  if (withClause === undefined) return selectStmt;
  return select.withClause === undefined ? { SelectStmt: { ...select, withClause } } : undefined;
}
