import type { Node, SelectStmt } from '@pgsql/types';

export type {
  Alias,
  CaseExpr,
  CommonTableExpr,
  FuncCall,
  JoinExpr,
  Node,
  RangeFunction,
  RangeSubselect,
  RangeVar,
  SelectStmt,
  SubLink,
} from '@pgsql/types';

/** A node as libpg-query writes it: an object whose only key is the node's tag. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let tag: string | undefined;
  for (const key in value) {
    if (tag !== undefined) return false;
    tag = key;
  }
  return tag !== undefined && tag >= 'A' && tag < '[';
}

/** The strings of a qualified name (`String` nodes); an `A_Star` reads as `*`. */
export function nameParts(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((n) => ('String' in n ? (n.String.sval ?? '') : 'A_Star' in n ? '*' : ''));
}

/** The SELECT inside a node, where it is one. */
export function asSelect(node: Node | undefined): SelectStmt | undefined {
  return node !== undefined && 'SelectStmt' in node ? node.SelectStmt : undefined;
}

/** The expression of an item of a SELECT list. */
export function targetValue(item: Node | undefined): Node | undefined {
  return item !== undefined && 'ResTarget' in item ? item.ResTarget.val : undefined;
}
