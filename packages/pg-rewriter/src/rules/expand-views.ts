/**
 * Puts the query of a view in the place of the view, where an ML call can be reached through it.
 *
 * Before: SELECT * FROM moods WHERE id < 5
 * After:  SELECT * FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM reviews) AS moods WHERE id < 5
 *
 * Preconditions: the view's tables are read with the same rights either way (its owner is the current role, or the
 * view is security_invoker); the facts say so.
 */
import { rangeSubselect } from '../ast/build.js';
import type { Node, RangeVar } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { parseStatement } from '../ast/parse.js';
import { mapNodes } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { PlanContext } from '../plan-context.js';
import { nameOutputs } from './name-outputs.js';

export function expandViews<T>(tree: T, ctx: PlanContext): T {
  ctx.requireFacts(tree);
  return mapNodes(tree, (node) => ('RangeVar' in node ? expandView(node.RangeVar, ctx) : undefined));
}

function expandView(range: RangeVar, ctx: PlanContext): Node | undefined {
  const relation = ctx.relation(range);
  const view = relation?.mlView;
  if (relation == null || view === undefined) return undefined;
  if (!view.expandable) {
    throw new Decline(
      'foreign-view-owner',
      `view ${relation.schema}.${relation.name} reads its tables with other rights`,
    );
  }
  const query = asSelect(nameOutputs(parseStatement(view.definition)));
  if (query === undefined) throw new Decline('catalog-incomplete', 'the definition of a view is not a query');
  const columns = nameParts(range.alias?.colnames);
  const subquery = expandViews(query, ctx);
  return rangeSubselect(
    subquery,
    range.alias?.aliasname ?? relation.name,
    false,
    columns.length > 0 ? columns : undefined,
  );
}
