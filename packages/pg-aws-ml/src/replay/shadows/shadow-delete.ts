/**
 * Reads what a DELETE would compute.
 *
 * Before: DELETE FROM notes USING u WHERE notes.u = u.id AND (detect_sentiment(body, 'en')).sentiment = 'MIXED'
 * After:  SELECT 1 FROM notes, u WHERE notes.u = u.id AND (detect_sentiment(body, 'en')).sentiment = 'MIXED'
 *
 * Does not shadow: WHERE CURRENT OF; a data-modifying WITH.
 */
import type { DeleteStmt } from '@pgsql/types';
import type { Node } from 'pg-rewriter';
import type { MlMentions } from '../ml-mentions.js';
import { selectNode, valuesOf } from './select.js';

export function shadowDelete(statement: DeleteStmt, ml: MlMentions): Node | undefined {
  if (statement.relation === undefined) return undefined;
  return selectNode(
    valuesOf(statement.returningClause?.exprs).filter((e) => ml.in(e)),
    [{ RangeVar: statement.relation }, ...(statement.usingClause ?? [])],
    statement.whereClause,
    statement.withClause,
  );
}
