import { isNode } from '../ast/node.js';

const known = new WeakMap<object, ReadonlyMap<string, number>>();
const NONE: ReadonlyMap<string, number> = new Map();

/** How often a tree reads each relation, or WITH query, that it names without a schema. */
export function relationUses(tree: unknown): ReadonlyMap<string, number> {
  if (typeof tree !== 'object' || tree === null) return NONE;
  const before = known.get(tree);
  if (before !== undefined) return before;
  const uses = isNode(tree) && 'RangeVar' in tree ? ownUse(tree.RangeVar) : usesBelow(tree);
  known.set(tree, uses);
  return uses;
}

const ownUse = ({ schemaname, relname }: { schemaname?: string; relname?: string }): ReadonlyMap<string, number> =>
  schemaname === undefined ? new Map([[relname ?? '', 1]]) : NONE;

function usesBelow(tree: object): ReadonlyMap<string, number> {
  const parts = Object.values(tree)
    .map((child: unknown) => relationUses(child))
    .filter((part) => part.size > 0);
  const [first = NONE] = parts;
  if (parts.length < 2) return first;
  const sum = new Map<string, number>();
  for (const part of parts) for (const [name, count] of part) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}
