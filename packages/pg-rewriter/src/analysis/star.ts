import type { Node } from '../ast/node.js';

/** `*`, `t.*`, `(f(x)).*` */
export function isStar(expression: Node): boolean {
  const last =
    'ColumnRef' in expression
      ? expression.ColumnRef.fields?.at(-1)
      : 'A_Indirection' in expression
        ? expression.A_Indirection.indirection?.at(-1)
        : undefined;
  return last !== undefined && 'A_Star' in last;
}
