import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';

/**
 * The names that a tree reads columns by, counted in one walk: whoever asks about hundreds of entries of FROM must not
 * walk it once for each of them.
 */
export class Mentions {
  /** By name, or by entry and column; the names of joined columns apart. */
  readonly #counts = new Map<string, number>();
  readonly #joined = new Map<string, number>();
  #joinsAll = 0;

  constructor(tree: unknown) {
    forEachNode(tree, (node) => this.#see(node));
  }

  /** How often some of the columns of an entry of FROM, or its whole row, may be read. */
  of(alias: string | undefined, columns: readonly string[]): number {
    let count = 0;
    for (const column of columns) count += this.#read(bare(column)) + this.#read(qualified(alias ?? '', column));
    return alias === undefined ? count : count + this.#read(bare(alias)) + this.#read(qualified(alias, '*'));
  }

  /** How many joins may compare columns of the name, by USING, NATURAL or under a name of their own. */
  joinsBy(column: string): number {
    return this.#joinsAll + (this.#joined.get(column) ?? 0);
  }

  #read(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #see(node: Node): void {
    if ('ColumnRef' in node) {
      const [first = '', second] = nameParts(node.ColumnRef.fields);
      add(this.#counts, second === undefined ? bare(first) : qualified(first, second));
    }
    if (!('JoinExpr' in node)) return;
    const { isNatural, alias, usingClause } = node.JoinExpr;
    if (isNatural === true || alias !== undefined) this.#joinsAll += 1;
    for (const name of nameParts(usingClause)) add(this.#joined, name);
  }
}

/** Whether some of the columns of an entry of FROM, or its whole row, may be read. */
export const mentions = (tree: unknown, alias: string | undefined, columns: readonly string[]): boolean =>
  new Mentions(tree).of(alias, columns) > 0;

const bare = (name: string): string => JSON.stringify([name]);

const qualified = (alias: string, name: string): string => JSON.stringify([alias, name]);

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
