import type { Random } from '../../random.js';

/** Shares of the features that a tree, a level of it and a node may split; each is drawn from the one before. */
export interface FeatureShares {
  readonly byTree: number;
  readonly byLevel: number;
  readonly byNode: number;
}

/** Features that one tree may split, node by node. */
export class FeatureSample {
  /** Of the whole tree, ascending. */
  readonly ofTree: readonly number[];
  readonly #shares: FeatureShares;
  readonly #random: Random;
  readonly #levels = new Map<number, readonly number[]>();

  constructor(features: readonly number[], shares: FeatureShares, random: Random) {
    this.#shares = shares;
    this.#random = random;
    this.ofTree = draw(features, shares.byTree, random);
  }

  ofNode(depth: number): readonly number[] {
    let level = this.#levels.get(depth);
    if (level === undefined) {
      level = draw(this.ofTree, this.#shares.byLevel, this.#random);
      this.#levels.set(depth, level);
    }
    return draw(level, this.#shares.byNode, this.#random);
  }
}

/** A share of the items, at least one, in their order. */
function draw(items: readonly number[], share: number, random: Random): readonly number[] {
  if (share >= 1) return items;
  const wanted = Math.max(1, Math.floor(items.length * share));
  let left = items.length;
  let missing = wanted;
  return items.filter(() => {
    const taken = random() * left < missing;
    left -= 1;
    if (taken) missing -= 1;
    return taken;
  });
}
