/**
 * Writes out the stars of a SELECT list, so that every output column can be planned on its own.
 *
 * Before: SELECT s.*, (detect_sentiment(s.body, 'en')).* FROM s
 * After:  SELECT s.id AS id, s.body AS body, (detect_sentiment(…)).sentiment AS sentiment, (detect_sentiment(…)).confidence AS confidence FROM s
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { rowFields } from '../analysis/row-fields.js';
import type { CteColumns } from '../analysis/scope.js';
import { starColumns } from '../analysis/scope.js';
import { isStar } from '../analysis/star.js';
import { columnRef, field, target } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts, targetValue } from '../ast/node.js';
import { Decline } from '../decline.js';
import type { QueryRule } from './rule.js';

export const expandStarsRule: QueryRule = {
  name: 'expand-stars',
  calls: [],
  idempotent: true,
  apply: expandStars,
};

export function expandStars(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  if (!select.targetList?.some((t) => 'ResTarget' in t && t.ResTarget.val !== undefined && isStar(t.ResTarget.val))) {
    return select;
  }
  return { ...select, targetList: select.targetList.flatMap((t) => expandTarget(t, select, ctx, ctes)) };
}

function expandTarget(node: Node, select: SelectStmt, ctx: PlanContext, ctes: CteColumns): Node[] {
  const val = targetValue(node);
  if (val === undefined || !isStar(val)) return [node];
  if ('ColumnRef' in val) {
    const columns = starColumns(nameParts(val.ColumnRef.fields), select, ctx, ctes);
    if (columns === null) throw new Decline('catalog-incomplete', 'the columns behind a star are not known');
    return columns.map((c) =>
      target(c.alias === undefined ? columnRef(c.column) : columnRef(c.alias, c.column), c.column),
    );
  }
  return expandRowStar(val, ctx);
}

function expandRowStar(val: Node, ctx: PlanContext): Node[] {
  const indirection = 'A_Indirection' in val ? val.A_Indirection : undefined;
  const arg = indirection?.arg;
  const fields = arg === undefined || indirection?.indirection?.length !== 1 ? null : rowFields(arg, ctx);
  if (arg === undefined || fields === null) {
    throw new Decline('catalog-incomplete', 'the fields behind a row star are not known');
  }
  // As in PostgreSQL's parser, the call is written once for each field.
  return fields.map((name) => target(field(ctx.origins?.asWritten(arg) ?? arg, name), name));
}
