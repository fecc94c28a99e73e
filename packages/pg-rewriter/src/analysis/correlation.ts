/** Whether a query stands for itself, or reads columns of the queries around it. */

import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { someNode } from '../ast/walk.js';
import type { PlanContext } from './plan-context.js';
import type { CteColumns, RangeEntry } from './scope.js';
import { rangeEntries, withCtes } from './scope.js';
import { outputNames } from './substitute.js';

/** The entries that a query sees: its own first, then those of the queries around it. */
type Scopes = readonly (readonly RangeEntry[])[];

/** True too where the facts don't tell what a name stands for. */
export function isCorrelated(query: SelectStmt, ctx: PlanContext, ctes: CteColumns): boolean {
  return readsOutside(query, [], ctx, ctes);
}

function readsOutside(query: SelectStmt, around: Scopes, ctx: PlanContext, ctes: CteColumns): boolean {
  const inner = withCtes(query, ctx, ctes);
  const { fromClause, withClause, larg, rarg, ...clauses } = query;
  const subquery = (sub: SelectStmt | undefined, scopes: Scopes): boolean =>
    sub !== undefined && readsOutside(sub, scopes, ctx, inner);
  for (const cte of withClause?.ctes ?? []) {
    if ('CommonTableExpr' in cte && subquery(asSelect(cte.CommonTableExpr.ctequery), around)) return true;
  }
  if (subquery(larg, around) || subquery(rarg, around)) return true;
  const entries = rangeEntries(fromClause, ctx, inner);
  if (entries.some((entry) => entry.columns === null)) return true;
  const scopes = [entries, ...around];
  const outputs = new Set(outputNames(query));
  const foreign = (node: Node): boolean => {
    if ('SelectStmt' in node) return subquery(node.SelectStmt, scopes);
    return 'ColumnRef' in node && !isKnown(nameParts(node.ColumnRef.fields), scopes, outputs);
  };
  const enter = (node: Node): boolean => !('SelectStmt' in node);
  if (someNode(clauses, foreign, enter)) return true;
  return someNode(
    fromClause,
    (node) => {
      if ('RangeSubselect' in node) {
        return subquery(asSelect(node.RangeSubselect.subquery), node.RangeSubselect.lateral ? scopes : around);
      }
      return foreign(node);
    },
    (node) => enter(node) && !('RangeSubselect' in node),
  );
}

function isKnown(parts: readonly string[], scopes: Scopes, outputs: ReadonlySet<string>): boolean {
  const [first = '', second] = parts;
  if (first === '*' && second === undefined) return true;
  if (parts.length > 2) return false;
  if (second === undefined) {
    return outputs.has(first) || scopes.some((entries) => entries.some((e) => e.columns?.includes(first)));
  }
  return scopes.some((entries) => entries.some((e) => e.alias === first && hasColumn(e, second)));
}

const hasColumn = (entry: RangeEntry, name: string): boolean =>
  name === '*' || (entry.columns?.includes(name) ?? false);
