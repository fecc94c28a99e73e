import type { Node } from '../ast/node.js';

/** The predicates that AND joins at the top of a condition, in order. */
export function conjuncts(condition: Node | undefined): Node[] {
  if (condition === undefined) return [];
  if ('BoolExpr' in condition && condition.BoolExpr.boolop === 'AND_EXPR') {
    return (condition.BoolExpr.args ?? []).flatMap((arg) => conjuncts(arg));
  }
  return [condition];
}
