import type { PlanContext } from '../analysis/plan-context.js';
import { relationUses, usesOfOwnCtes } from '../analysis/relation-uses.js';
import type { CommonTableExpr, Node, SelectStmt } from '../ast/node.js';
import { Decline } from '../decline.js';

/**
 * A query that is planned apart from the query around it takes along the WITH queries that it reads.
 * @param around the query whose WITH it is
 */
export function withDefinitions(query: SelectStmt, around: SelectStmt, ctx: PlanContext): SelectStmt {
  if (around.withClause === undefined || !ctx.hasMlCall(query)) return query;
  const own = ctesOf(query);
  const needed = neededBy(query, ctesOf(around), new Set(own.map((c) => c.ctename)));
  if (needed.length === 0) return query;
  for (const cte of needed) {
    if (ctx.isVolatile(cte.ctequery) && (usesOfOwnCtes(around).get(cte.ctename ?? '') ?? 0) > 1) {
      throw new Decline('volatile-condition', 'a WITH query with volatile functions is read by several queries');
    }
  }
  const ctes = [...needed, ...own].map((CommonTableExpr): Node => ({ CommonTableExpr }));
  const recursive = around.withClause.recursive === true || query.withClause?.recursive === true;
  return { ...query, withClause: { ...query.withClause, ctes, ...(recursive && { recursive }) } };
}

const ctesOf = (select: SelectStmt): CommonTableExpr[] =>
  (select.withClause?.ctes ?? []).flatMap((n) => ('CommonTableExpr' in n ? [n.CommonTableExpr] : []));

/** The WITH queries that a tree reads, directly or through others, in their order. */
function neededBy(
  tree: unknown,
  ctes: readonly CommonTableExpr[],
  hidden: ReadonlySet<string | undefined>,
): CommonTableExpr[] {
  const byName = new Map(ctes.map((cte) => [cte.ctename ?? '', cte]));
  const names = new Set<string>();
  const read = (part: unknown): void => {
    for (const name of relationUses(part).keys()) {
      const cte = byName.get(name);
      if (cte === undefined || hidden.has(name) || names.has(name)) continue;
      names.add(name);
      read(cte.ctequery);
    }
  };
  read(tree);
  return ctes.filter((c) => names.has(c.ctename ?? ''));
}
