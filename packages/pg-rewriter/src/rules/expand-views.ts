/**
 * Puts the query of a view in the place of the view, where an ML call can be reached through it.
 *
 * Before: SELECT * FROM moods WHERE id < 5
 * After:  SELECT * FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM reviews) AS moods WHERE id < 5
 *
 * Preconditions: the view's tables are read with the same rights either way (its owner is the current role, or the
 * view is security_invoker); the facts say so.
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { rangeSubselect } from '../ast/build.js';
import type { Node, RangeVar } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { parseStatement } from '../ast/parse.js';
import { mapNodes, someNode } from '../ast/walk.js';
import type { RelationFact } from '../catalog/facts.js';
import { Decline } from '../decline.js';
import { nameOutputs } from './name-outputs.js';
import type { StatementRule } from './rule.js';

export const expandViewsRule: StatementRule = {
  name: 'expand-views',
  calls: ['reveals'],
  idempotent: true,
  apply: (statement, ctx) => expandViews(statement, ctx),
};

export function expandViews<T>(tree: T, ctx: PlanContext): T {
  ctx.requireFacts(tree);
  const qualified = new Set<string>();
  const expanded = mapNodes(tree, (node) => {
    const view = 'RangeVar' in node ? expandView(node.RangeVar, tree, ctx) : undefined;
    if (view !== undefined && 'RangeVar' in node)
      qualified.add(nameKey(node.RangeVar.schemaname, node.RangeVar.relname));
    return view;
  });
  return qualified.size === 0 ? expanded : mapNodes(expanded, (node) => withoutSchema(node, qualified));
}

const nameKey = (schema: string | undefined, name: string | undefined): string => JSON.stringify([schema, name]);

/** A subquery has no schema: `public.moods.id` becomes `moods.id`. */
function withoutSchema(node: Node, views: ReadonlySet<string>): Node | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const [schema, view, column] = nameParts(node.ColumnRef.fields);
  if (column === undefined || !views.has(nameKey(schema, view))) return undefined;
  return { ColumnRef: { ...node.ColumnRef, fields: node.ColumnRef.fields?.slice(1) ?? [] } };
}

function expandView(range: RangeVar, around: unknown, ctx: PlanContext): Node | undefined {
  const relation = ctx.relation(range);
  const view = relation?.mlView;
  if (relation == null || view === undefined) return undefined;
  if (!view.expandable) {
    throw new Decline(
      'foreign-view-owner',
      `view ${relation.schema}.${relation.name} reads its tables with other rights`,
    );
  }
  const alias = range.alias?.aliasname ?? relation.name;
  if (readsWholeRow(around, alias, relation)) {
    throw new Decline(
      'unresolved-column',
      'the whole row of a view with an ML call is used, which has a type of its own',
    );
  }
  const query = asSelect(nameOutputs(parseStatement(view.definition)));
  if (query === undefined) throw new Decline('catalog-incomplete', 'the definition of a view is not a query');
  const columns = nameParts(range.alias?.colnames);
  const subquery = expandViews(query, ctx);
  return rangeSubselect(subquery, alias, false, columns.length > 0 ? columns : undefined);
}

const readsWholeRow = (tree: unknown, alias: string, view: RelationFact): boolean =>
  !view.columns.some((column) => column.name === alias) &&
  someNode(tree, (node) => 'ColumnRef' in node && nameParts(node.ColumnRef.fields).join('.') === alias);
