import { type Node, nameParts, someNode } from 'pg-rewriter';
import type { MlReach } from '../catalog/facts.js';

type Reach = Pick<MlReach, 'names' | 'rowFunctions' | 'operators' | 'types'>;

/** Tells whether a part of a statement may call an ML function, by the names in it. */
export class MlMentions {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  in(tree: unknown): boolean {
    return someNode(tree, (node) => this.#isOne(node));
  }

  /** Whether it calls one without its name: like a column of a row (`r.mood`), by an operator, or to make a type of a value. */
  inOtherNotation(tree: unknown): boolean {
    const { rowFunctions, operators, types } = this.#reach;
    if (rowFunctions.size + operators.size + types.size === 0) return false;
    return someNode(tree, (node) => this.#isInOtherNotation(node));
  }

  #isInOtherNotation(node: Node): boolean {
    const { rowFunctions, operators, types } = this.#reach;
    if ('TypeName' in node) return types.has(nameParts(node.TypeName.names).at(-1) ?? '');
    if ('TypeCast' in node) return types.has(nameParts(node.TypeCast.typeName?.names).at(-1) ?? '');
    if ('A_Expr' in node) return operators.has(nameParts(node.A_Expr.name).at(-1) ?? '');
    if ('SubLink' in node) return operators.has(nameParts(node.SubLink.operName).at(-1) ?? '');
    return rowFunctions.has(attributeOf(node) ?? '');
  }

  #isOne(node: Node): boolean {
    const { names } = this.#reach;
    if ('RangeVar' in node) return names.has((node.RangeVar.relname ?? '').toLowerCase());
    if ('FuncCall' in node) return names.has((nameParts(node.FuncCall.funcname).at(-1) ?? '').toLowerCase());
    return this.#isInOtherNotation(node);
  }
}

/** The name that follows the last dot. */
function attributeOf(node: Node): string | undefined {
  if ('A_Indirection' in node) return nameParts(node.A_Indirection.indirection).at(-1);
  const parts = 'ColumnRef' in node ? nameParts(node.ColumnRef.fields) : [];
  return parts.length > 1 ? parts.at(-1) : undefined;
}
