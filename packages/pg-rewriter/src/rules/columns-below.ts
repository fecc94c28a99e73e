import { columnRef, target } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node } from '../ast/node.js';

/** The columns that a new subquery hands up, one for each expression that is asked for. */
export class ColumnsBelow {
  /** The SELECT list of the subquery. */
  readonly targets: Node[] = [];
  readonly #alias: string;
  readonly #references = new Map<string, Node>();

  /** @param alias the name of the subquery in FROM */
  constructor(alias: string) {
    this.#alias = alias;
  }

  /** What stands for the expression above the subquery. */
  reference(expression: Node): Node {
    const key = fingerprint(expression);
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const name = `c${this.targets.length + 1}`;
    this.targets.push(target(expression, name));
    const reference = columnRef(this.#alias, name);
    this.#references.set(key, reference);
    return reference;
  }
}
