import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { someNode } from '../ast/walk.js';

/**
 * Whether some of the columns of an entry of FROM, or its whole row, may be read.
 * @param besides a part of the tree that is not looked into
 */
export function mentions(
  tree: unknown,
  alias: string | undefined,
  columns: readonly string[],
  besides?: Node,
): boolean {
  return someNode(
    tree,
    (n) => {
      if (!('ColumnRef' in n)) return false;
      const [first = '', second] = nameParts(n.ColumnRef.fields);
      if (second === undefined) return first === alias || columns.includes(first);
      return first === alias && (second === '*' || columns.includes(second));
    },
    (n) => n !== besides,
  );
}
