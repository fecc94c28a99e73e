import type { Node } from './node.js';
import { isNode } from './node.js';

/** Returns a replacement (its inside is not visited), or undefined to go on into the node. */
export type Visit = (node: Node) => Node | undefined;

/** How many nodes all walks have looked at: what planning costs, whatever the machine does beside it. */
let walked = 0;

export const nodesWalked = (): number => walked;

/** Copies a tree, replacing nodes; what does not change is shared with the original. */
export function mapNodes<T>(value: T, visit: Visit): T {
  if (Array.isArray(value)) return mapArray(value, visit) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (isNode(value)) {
    walked += 1;
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
  let changes: Record<string, unknown> | undefined;
  for (const key in value) {
    const child: unknown = value[key];
    const mapped = typeof child === 'object' ? mapNodes(child, visit) : child;
    if (mapped === child) continue;
    changes ??= {};
    changes[key] = mapped;
  }
  return changes === undefined ? value : { ...value, ...changes };
}

/** Whether some node satisfies the test; `enter` tells whether to look inside a node. */
export function someNode(
  value: unknown,
  test: (node: Node) => boolean,
  enter: (node: Node) => boolean = () => true,
): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isNode(value)) {
    walked += 1;
    if (test(value)) return true;
    if (!enter(value)) return false;
  }
  const children = value as Readonly<Record<string, unknown>>;
  for (const key in children) {
    const child = children[key];
    if (typeof child === 'object' && someNode(child, test, enter)) return true;
  }
  return false;
}

/** Whether some node of a tree satisfies a test, remembered for every tree that was looked at. */
export class RememberedTest {
  readonly #test: (node: Node) => boolean;
  readonly #enter: (node: Node) => boolean;
  readonly #known = new Map<object, boolean>();

  /** @param enter whether to look inside a node */
  constructor(test: (node: Node) => boolean, enter: (node: Node) => boolean = () => true) {
    this.#test = test;
    this.#enter = enter;
  }

  holdsIn(tree: unknown): boolean {
    if (typeof tree !== 'object' || tree === null) return false;
    if (!isNode(tree)) return this.#holdsBelow(tree as Readonly<Record<string, unknown>>);
    if (isLeaf(tree)) return this.#test(tree);
    const known = this.#known.get(tree);
    if (known !== undefined) return known;
    walked += 1;
    const holds =
      this.#test(tree) || (this.#enter(tree) && this.#holdsBelow(tree as unknown as Readonly<Record<string, unknown>>));
    this.#known.set(tree, holds);
    return holds;
  }

  #holdsBelow(children: Readonly<Record<string, unknown>>): boolean {
    for (const key in children) {
      const child = children[key];
      if (typeof child === 'object' && this.holdsIn(child)) return true;
    }
    return false;
  }

  /** The test would answer otherwise now. */
  forget(): void {
    this.#known.clear();
  }
}

/** Names and constants, of which trees have the most: nothing is worth remembering of them. */
const isLeaf = (node: Node): boolean =>
  'String' in node || 'A_Const' in node || 'ColumnRef' in node || 'ParamRef' in node;

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
