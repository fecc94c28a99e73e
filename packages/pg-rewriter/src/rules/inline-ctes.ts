/**
 * Puts a CTE with ML calls that is used once in the place of its use, and drops one that is not used.
 *
 * Before: WITH s AS (SELECT id, detect_sentiment(body, 'en') AS d FROM t) SELECT id, (d).sentiment FROM s
 * After:  SELECT id, (d).sentiment FROM (SELECT id, detect_sentiment(body, 'en') AS d FROM t) AS s
 *
 * Does not rewrite: WITH RECURSIVE around an ML call, a data-modifying WITH that makes one: the statement declines.
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { relationUses, usesOfOwnCtes } from '../analysis/relation-uses.js';
import { rangeSubselect } from '../ast/build.js';
import type { CommonTableExpr, Node, RangeVar, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { mapFields, mapNodes, type Visit } from '../ast/walk.js';
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
  if (ctes.length === 0) return select;
  const recursive = select.withClause?.recursive === true;
  const inlined = inlinedCtes(ctes, recursive, usesOfOwnCtes(select), ctx);
  return inlined.size === 0 ? select : new Inlining(ctes, recursive, inlined).inQuery(select);
}

const ctesOf = (select: SelectStmt): CommonTableExpr[] =>
  (select.withClause?.ctes ?? []).flatMap((n) => ('CommonTableExpr' in n ? [n.CommonTableExpr] : []));

/**
 * The CTEs with ML calls that are used once, or not at all. Uses are counted once for all of them: what is put in another
 * place is used as often as before, and only what is dropped uses nothing any more.
 */
function inlinedCtes(
  ctes: readonly CommonTableExpr[],
  recursive: boolean,
  uses: ReadonlyMap<string, number>,
  ctx: PlanContext,
): ReadonlySet<string> {
  const counts = new Map(uses);
  const inlined = new Set<string>();
  for (const { ctename: name = '', ctequery } of ctes) {
    const reads = relationUses(ctequery);
    // It makes calls, too, once others stand in it.
    if (!(ctx.hasMlCall(ctequery) || [...reads.keys()].some((read) => inlined.has(read)))) continue;
    if (ctequery !== undefined && asSelect(ctequery) === undefined) {
      throw new Decline('data-modifying-with', 'a data-modifying WITH makes an ML call, or reads the result of one');
    }
    if (recursive && reads.has(name)) {
      throw new Decline('recursive-with', 'a recursive WITH query makes an ML call');
    }
    const count = counts.get(name) ?? 0;
    if (count > 1) continue;
    inlined.add(name);
    if (count === 0) for (const [read, times] of reads) counts.set(read, (counts.get(read) ?? 0) - times);
  }
  return inlined;
}

/** Where a tree stands: which WITH queries it sees. */
interface Scope {
  /** Those before this position. */
  readonly before: number;
  /** The names that a WITH between defines itself. */
  readonly hidden: ReadonlySet<string>;
}

class Inlining {
  /** The inlined ones, with their positions in WITH. */
  readonly #ctes: ReadonlyMap<string, { readonly cte: CommonTableExpr; readonly scope: Scope; readonly at: number }>;

  constructor(ctes: readonly CommonTableExpr[], recursive: boolean, inlined: ReadonlySet<string>) {
    const found = ctes.map((cte, at) => {
      const scope: Scope = { before: recursive ? Number.POSITIVE_INFINITY : at, hidden: new Set() };
      return [cte.ctename ?? '', { cte, scope, at }] as const;
    });
    this.#ctes = new Map(found.filter(([name]) => inlined.has(name)));
  }

  inQuery({ withClause, ...body }: SelectStmt): SelectStmt {
    const everything: Scope = { before: Number.POSITIVE_INFINITY, hidden: new Set() };
    const ctes = (withClause?.ctes ?? []).flatMap((n, at): Node[] => {
      if (!('CommonTableExpr' in n)) return [n];
      if (this.#ctes.has(n.CommonTableExpr.ctename ?? '')) return [];
      const before = withClause?.recursive === true ? Number.POSITIVE_INFINITY : at;
      return [this.#within(n, { ...everything, before })];
    });
    const out = this.#subquery(body, everything);
    return ctes.length === 0 ? out : { ...out, withClause: { ...withClause, ctes } };
  }

  #within<T>(tree: T, scope: Scope): T {
    return mapNodes(tree, this.#visitor(scope));
  }

  #visitor(scope: Scope): Visit {
    return (node) => {
      if ('SelectStmt' in node) return { SelectStmt: this.#subquery(node.SelectStmt, scope) };
      if (!('RangeVar' in node) || node.RangeVar.schemaname !== undefined) return undefined;
      const name = node.RangeVar.relname ?? '';
      const found = scope.hidden.has(name) ? undefined : this.#ctes.get(name);
      return found === undefined || found.at >= scope.before ? undefined : this.#subselect(node.RangeVar, found, scope);
    };
  }

  #subquery(select: SelectStmt, scope: Scope): SelectStmt {
    if (![...relationUses(select).keys()].some((name) => this.#ctes.has(name))) return select;
    const { withClause, larg, rarg, ...own } = select;
    let inner = scope;
    const out: SelectStmt = {};
    if (withClause !== undefined) {
      const all = new Set([...scope.hidden, ...ctesOf(select).map((cte) => cte.ctename ?? '')]);
      inner = { ...scope, hidden: all };
      let visible = withClause.recursive === true ? inner : scope;
      const ctes = (withClause.ctes ?? []).map((node): Node => {
        const mapped: Node = this.#within(node, visible);
        if (!('CommonTableExpr' in node) || withClause.recursive) return mapped;
        visible = { ...visible, hidden: new Set([...visible.hidden, node.CommonTableExpr.ctename ?? '']) };
        return mapped;
      });
      out.withClause = { ...withClause, ctes };
    }
    if (larg !== undefined) out.larg = this.#subquery(larg, inner);
    if (rarg !== undefined) out.rarg = this.#subquery(rarg, inner);
    const mapped: SelectStmt = mapFields(own, this.#visitor(inner));
    return { ...mapped, ...out };
  }

  /** Each is used once: so none is looked into twice. */
  #subselect(range: RangeVar, { cte, scope }: { cte: CommonTableExpr; scope: Scope }, place: Scope): Node | undefined {
    const query = asSelect(cte.ctequery);
    if (query === undefined) return undefined;
    if ([...relationUses(query).keys()].some((name) => place.hidden.has(name))) {
      throw new Decline(
        'subquery-in-expression',
        'a WITH query is used in a place where a name that it reads means another query',
      );
    }
    const own = nameParts(cte.aliascolnames);
    const renamed = nameParts(range.alias?.colnames);
    const columns = own.map((name, i) => renamed[i] ?? name);
    const names = columns.length > 0 ? columns : renamed;
    const alias = range.alias?.aliasname ?? cte.ctename ?? '';
    return rangeSubselect(this.#subquery(query, scope), alias, false, names.length > 0 ? names : undefined);
  }
}
