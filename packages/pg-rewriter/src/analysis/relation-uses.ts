import type { Node, SelectStmt } from '../ast/node.js';
import { isNode } from '../ast/node.js';

type Uses = ReadonlyMap<string, number>;

const known = new WeakMap<object, Uses>();
const NONE: Uses = new Map();

/**
 * How often a tree reads each relation, or WITH query, that it names without a schema. Names that a WITH in the tree
 * defines are its own, and do not count where they mean that.
 */
export function relationUses(tree: unknown): Uses {
  if (typeof tree !== 'object' || tree === null) return NONE;
  const before = known.get(tree);
  if (before !== undefined) return before;
  const uses =
    isNode(tree) && 'RangeVar' in tree
      ? ownUse(tree.RangeVar)
      : 'withClause' in tree
        ? usesAround(tree as SelectStmt).free
        : sum(Object.values(tree).map((child: unknown) => relationUses(child)));
  known.set(tree, uses);
  return uses;
}

/** How often a query reads each of the WITH queries that it defines: in itself, and in those that see them. */
export const usesOfOwnCtes = (select: SelectStmt): Uses => usesAround(select).own;

function usesAround({ withClause, ...body }: SelectStmt): { own: Uses; free: Uses } {
  const own = new Map<string, number>();
  const free = new Map<string, number>();
  const count = (uses: Uses): void => {
    for (const [name, times] of uses) {
      const counts = own.has(name) ? own : free;
      counts.set(name, (counts.get(name) ?? 0) + times);
    }
  };
  for (const { name, query } of definedIn(withClause)) {
    if (withClause?.recursive) own.set(name, 0);
    else {
      // It sees those before it, and not itself.
      count(relationUses(query));
      if (!own.has(name)) own.set(name, 0);
    }
  }
  if (withClause?.recursive) for (const { query } of definedIn(withClause)) count(relationUses(query));
  count(sum(Object.values(body).map((child: unknown) => relationUses(child))));
  return { own, free };
}

const definedIn = (withClause: SelectStmt['withClause']): { name: string; query: Node | undefined }[] =>
  (withClause?.ctes ?? []).flatMap((n) =>
    'CommonTableExpr' in n ? [{ name: n.CommonTableExpr.ctename ?? '', query: n.CommonTableExpr.ctequery }] : [],
  );

const ownUse = ({ schemaname, relname }: { schemaname?: string; relname?: string }): Uses =>
  schemaname === undefined ? new Map([[relname ?? '', 1]]) : NONE;

function sum(all: readonly Uses[]): Uses {
  const parts = all.filter((part) => part.size > 0);
  const [first = NONE] = parts;
  if (parts.length < 2) return first;
  const total = new Map<string, number>();
  for (const part of parts) for (const [name, count] of part) total.set(name, (total.get(name) ?? 0) + count);
  return total;
}
