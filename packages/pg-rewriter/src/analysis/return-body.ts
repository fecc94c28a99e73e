import type { Node } from '../ast/node.js';

/** BEGIN ATOMIC bodies of the form `RETURN expression` come as a statement of that kind. */
export function unwrapReturn(node: Node | undefined): Node | undefined {
  if (node === undefined || !('ReturnStmt' in node)) return node;
  const val = node.ReturnStmt.returnval;
  return val === undefined
    ? undefined
    : { SelectStmt: { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList: [{ ResTarget: { val } }] } };
}
