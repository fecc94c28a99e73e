import type { PlanContext } from '../analysis/plan-context.js';
import { columnRef } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { mapNodes, opensQuery } from '../ast/walk.js';
import { Decline } from '../decline.js';

/**
 * Sets the subqueries of a block's expressions aside while the block is rewritten: each is stood in for by a column
 * that no table has, and so moves as a column would.
 */
export class SubqueriesAside {
  readonly #ctx: PlanContext;
  readonly #nodes = new Map<string, Node>();
  readonly #names = new Map<string, string>();

  constructor(ctx: PlanContext) {
    this.#ctx = ctx;
  }

  take(select: SelectStmt): SelectStmt {
    const { fromClause, withClause, ...own } = select;
    const out: SelectStmt = { ...mapNodes(own, (node) => this.#take(node)) };
    if (withClause !== undefined) out.withClause = withClause;
    if (fromClause !== undefined) {
      // Conditions of joins only: subqueries in FROM are blocks of their own.
      out.fromClause = mapNodes(fromClause, (node) =>
        'RangeSubselect' in node || 'RangeFunction' in node ? node : this.#take(node),
      );
    }
    return out;
  }

  #take(node: Node): Node | undefined {
    if (!opensQuery(node)) return undefined;
    if (!('SubLink' in node)) return node;
    const { testexpr } = node.SubLink;
    if (testexpr === undefined || !this.#ctx.hasMlCall(testexpr)) return this.#standIn(node);
    const subselect = this.#standIn(node.SubLink.subselect as Node);
    return { SubLink: { ...node.SubLink, testexpr: mapNodes(testexpr, (n) => this.#take(n)), subselect } };
  }

  #standIn(node: Node): Node {
    const key = fingerprint(node);
    const name = this.#names.get(key) ?? this.#ctx.freshName('ml_subquery');
    this.#names.set(key, name);
    this.#nodes.set(name, node);
    return columnRef(name);
  }

  /** Puts them back wherever their stand-ins are now. */
  putBack<T>(tree: T): T {
    if (this.#nodes.size === 0) return tree;
    return mapNodes(tree, (node) => {
      if ('SubLink' in node && !('SelectStmt' in (node.SubLink.subselect ?? {}))) return this.#comparison(node);
      if ('ColumnRef' in node) return this.#nodes.get(nameParts(node.ColumnRef.fields).join('.'));
      return undefined;
    });
  }

  #comparison(node: Node): Node {
    if (!('SubLink' in node)) return node;
    const { testexpr, subselect } = node.SubLink;
    const original =
      subselect !== undefined && 'ColumnRef' in subselect
        ? this.#nodes.get(nameParts(subselect.ColumnRef.fields).join('.'))
        : undefined;
    if (original === undefined) {
      throw new Decline('subquery-in-expression', 'a value is compared with a subquery above groups or a limit');
    }
    return { SubLink: { ...node.SubLink, testexpr: this.putBack(testexpr as Node), subselect: original } };
  }

  /** Whether what an expression stands for can give two answers when it is evaluated twice. */
  isVolatile(tree: unknown): boolean {
    return this.#ctx.isVolatile(this.putBack(tree));
  }
}

export const qualifiedName = (call: FuncCall): readonly [schema: string, name: string] => {
  const parts = nameParts(call.funcname);
  return [parts.at(-2) ?? '', parts.at(-1) ?? ''];
};
