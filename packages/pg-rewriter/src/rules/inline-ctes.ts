/**
 * Puts a CTE with ML calls that is used once in the place of its use, and drops one that is not used.
 *
 * Before: WITH s AS (SELECT id, detect_sentiment(body, 'en') AS d FROM t) SELECT id, (d).sentiment FROM s
 * After:  SELECT id, (d).sentiment FROM (SELECT id, detect_sentiment(body, 'en') AS d FROM t) AS s
 *
 * Does not rewrite: WITH RECURSIVE around an ML call, data-modifying WITH: the statement declines.
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { relationUses } from '../analysis/relation-uses.js';
import { rangeSubselect } from '../ast/build.js';
import type { CommonTableExpr, Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { mapNodes } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { QueryRule } from './rule.js';

export const inlineCtesRule: QueryRule = {
  name: 'inline-ctes',
  calls: ['drops'],
  idempotent: true,
  apply: inlineCtes,
};

export function inlineCtes(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const ctes = ctesOf(select);
  if (ctes.some((c) => c.ctequery !== undefined && asSelect(c.ctequery) === undefined)) {
    throw new Decline('data-modifying-with', 'WITH contains a data-modifying statement');
  }
  let out = select;
  for (const { ctename } of ctes) {
    // Inlining an earlier one may have changed it.
    const cte = ctesOf(out).find((c) => c.ctename === ctename);
    if (cte === undefined || !ctx.hasMlCall(cte.ctequery)) continue;
    if (select.withClause?.recursive && uses(cte.ctequery, cte.ctename) > 0) {
      throw new Decline('recursive-with', 'a recursive WITH query makes an ML call');
    }
    const count = uses(out, cte.ctename) - uses(cte, cte.ctename);
    if (count <= 1) out = withoutCte(count === 0 ? out : inlineUse(out, cte), cte);
  }
  return out;
}

const ctesOf = (select: SelectStmt): CommonTableExpr[] =>
  (select.withClause?.ctes ?? []).flatMap((n) => ('CommonTableExpr' in n ? [n.CommonTableExpr] : []));

const uses = (tree: unknown, name: string | undefined): number => relationUses(tree).get(name ?? '') ?? 0;

const isUse = (node: Node, name: string | undefined): boolean =>
  'RangeVar' in node && node.RangeVar.schemaname === undefined && node.RangeVar.relname === name;

function inlineUse(select: SelectStmt, cte: CommonTableExpr): SelectStmt {
  return mapNodes(select, (node) => {
    if (uses(node, cte.ctename) === 0) return node;
    if (!isUse(node, cte.ctename) || !('RangeVar' in node)) return undefined;
    const query = asSelect(cte.ctequery);
    if (query === undefined) return undefined;
    const own = nameParts(cte.aliascolnames);
    const renamed = nameParts(node.RangeVar.alias?.colnames);
    const columns = own.map((name, i) => renamed[i] ?? name);
    const names = columns.length > 0 ? columns : renamed;
    const alias = node.RangeVar.alias?.aliasname ?? cte.ctename ?? '';
    return rangeSubselect(query, alias, false, names.length > 0 ? names : undefined);
  });
}

function withoutCte(select: SelectStmt, cte: CommonTableExpr): SelectStmt {
  const { withClause, ...rest } = select;
  const ctes = (withClause?.ctes ?? []).filter(
    (n) => !('CommonTableExpr' in n && n.CommonTableExpr.ctename === cte.ctename),
  );
  return ctes.length === 0 ? rest : { ...rest, withClause: { ...withClause, ctes } };
}
