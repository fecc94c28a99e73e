import { type Node, someNode } from 'pg-rewriter';

/** Tells whether a part of a statement may call an ML function, by the names in it. */
export class MlMentions {
  readonly #names: ReadonlySet<string>;

  /** @param names the bare names of everything through which an ML function can be called, in lower case */
  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  in(tree: unknown): boolean {
    return someNode(tree, (node) => this.#isOne(node));
  }

  #isOne(node: Node): boolean {
    if ('RangeVar' in node) return this.#names.has((node.RangeVar.relname ?? '').toLowerCase());
    if (!('FuncCall' in node)) return false;
    const last = node.FuncCall.funcname?.at(-1);
    return last !== undefined && 'String' in last && this.#names.has((last.String.sval ?? '').toLowerCase());
  }
}
