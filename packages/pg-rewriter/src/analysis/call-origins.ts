import type { FuncCall, Node } from '../ast/node.js';
import { mapFields, mapNodes } from '../ast/walk.js';
import type { FunctionFact } from '../catalog/facts.js';

/** A call of a wrapper that PostgreSQL would execute, and not put the function's body in its place. */
export interface ExecutedWrapper {
  readonly function: FunctionFact;
}

/** One ML call of the statement, or of the body of a wrapper that is called in it. */
export interface CallOrigin {
  readonly id: number;
  /** The wrappers around it, from the outermost on. */
  readonly wrappers: readonly ExecutedWrapper[];
}

/**
 * Tells the copies of a call apart from equal calls: native evaluation calls the function once for all copies that the
 * planner makes of one call, and once more for each equal call that somebody has written. A call carries its number in
 * `location`, which no comparison of trees looks at.
 */
export class CallOrigins {
  readonly #origins = new Map<number, CallOrigin>();
  readonly #counted = new Set<CallOrigin | ExecutedWrapper>();
  #enclosing: readonly ExecutedWrapper[] = [];

  /** Expands the body of a wrapper that PostgreSQL would execute. */
  within<T>(wrapper: FunctionFact, expand: () => T): T {
    const around = this.#enclosing;
    this.#enclosing = [...around, { function: wrapper }];
    try {
      return expand();
    } finally {
      this.#enclosing = around;
    }
  }

  /** The same call, marked as one of its own. */
  mark(call: Node): Node {
    return 'FuncCall' in call ? this.#marked(call.FuncCall, this.#enclosing) : call;
  }

  /** A copy whose calls are calls of their own. */
  asWritten<T>(tree: T): T {
    const wrappers = new Map<ExecutedWrapper, ExecutedWrapper>();
    const copyOf = (wrapper: ExecutedWrapper): ExecutedWrapper => {
      const copy = wrappers.get(wrapper) ?? { ...wrapper };
      wrappers.set(wrapper, copy);
      return copy;
    };
    const visit = (node: Node): Node | undefined => {
      const origin = 'FuncCall' in node ? this.of(node.FuncCall) : undefined;
      if (origin === undefined || !('FuncCall' in node)) return undefined;
      return this.#marked(mapFields(node.FuncCall, visit), origin.wrappers.map(copyOf));
    };
    return mapNodes(tree, visit);
  }

  of(call: FuncCall): CallOrigin | undefined {
    return call.location === undefined ? undefined : this.#origins.get(call.location);
  }

  /** Whether it is looked at for the first time: copies count once. */
  isNew(counted: CallOrigin | ExecutedWrapper): boolean {
    if (this.#counted.has(counted)) return false;
    this.#counted.add(counted);
    return true;
  }

  #marked(call: FuncCall, wrappers: readonly ExecutedWrapper[]): Node {
    // The parser's positions are not negative.
    const id = -2 - this.#origins.size;
    this.#origins.set(id, { id, wrappers });
    return { FuncCall: { ...call, location: id } };
  }
}
