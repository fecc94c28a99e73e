import { type Node, nameParts, someNode } from 'pg-rewriter';
import type { MlReach } from '../catalog/facts.js';

/** Tells whether a part of a statement may call an ML function, by the names in it. */
export class MlMentions {
  readonly #reach: Pick<MlReach, 'names' | 'rowFunctions'>;

  constructor(reach: Pick<MlReach, 'names' | 'rowFunctions'>) {
    this.#reach = reach;
  }

  in(tree: unknown): boolean {
    return someNode(tree, (node) => this.#isOne(node));
  }

  /** Whether it calls a function of a row like a column of it: `r.mood`. */
  inAttributeNotation(tree: unknown): boolean {
    const { rowFunctions } = this.#reach;
    return rowFunctions.size > 0 && someNode(tree, (node) => rowFunctions.has(attributeOf(node) ?? ''));
  }

  #isOne(node: Node): boolean {
    const { names, rowFunctions } = this.#reach;
    if ('RangeVar' in node) return names.has((node.RangeVar.relname ?? '').toLowerCase());
    if ('FuncCall' in node) return names.has((nameParts(node.FuncCall.funcname).at(-1) ?? '').toLowerCase());
    return rowFunctions.has(attributeOf(node) ?? '');
  }
}

/** The name that follows the last dot. */
function attributeOf(node: Node): string | undefined {
  if ('A_Indirection' in node) return nameParts(node.A_Indirection.indirection).at(-1);
  const parts = 'ColumnRef' in node ? nameParts(node.ColumnRef.fields) : [];
  return parts.length > 1 ? parts.at(-1) : undefined;
}
