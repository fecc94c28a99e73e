import type { Node } from './node.js';
import { isNode } from './node.js';

/** Returns a replacement (its inside is not visited), or undefined to go on into the node. */
export type Visit = (node: Node) => Node | undefined;

/** Copies a tree, replacing nodes; what does not change is shared with the original. */
export function mapNodes<T>(value: T, visit: Visit): T {
  if (Array.isArray(value)) return mapArray(value, visit) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (isNode(value)) {
    const replaced = visit(value);
    if (replaced !== undefined) return replaced as T;
  }
  return mapFields(value, visit);
}

function mapArray(list: readonly unknown[], visit: Visit): readonly unknown[] {
  let changed = false;
  const out = list.map((item) => {
    const mapped = mapNodes(item, visit);
    if (mapped !== item) changed = true;
    return mapped;
  });
  return changed ? out : list;
}

/** Maps the children of an object without offering the object itself to the visitor. */
export function mapFields<T extends object>(value: T, visit: Visit): T {
  const changes: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const mapped: unknown = mapNodes(child as unknown, visit);
    if (mapped !== child) changes[key] = mapped;
  }
  return Object.keys(changes).length === 0 ? value : { ...value, ...changes };
}

/** Whether some node satisfies the test; `enter` tells whether to look inside a node. */
export function someNode(
  value: unknown,
  test: (node: Node) => boolean,
  enter: (node: Node) => boolean = () => true,
): boolean {
  if (Array.isArray(value)) return value.some((item) => someNode(item, test, enter));
  if (typeof value !== 'object' || value === null) return false;
  if (isNode(value)) {
    if (test(value)) return true;
    if (!enter(value)) return false;
  }
  return Object.values(value).some((child) => someNode(child, test, enter));
}

/** Calls `see` for every node in depth-first order. */
export function forEachNode(value: unknown, see: (node: Node) => void): void {
  someNode(value, (node) => {
    see(node);
    return false;
  });
}

/** Whether a node opens a query of its own (a sublink or a subquery in FROM). */
export function opensQuery(node: Node): boolean {
  return 'SubLink' in node || 'RangeSubselect' in node || 'SelectStmt' in node || 'CommonTableExpr' in node;
}
