import { childOf, type Tree } from '../boosting/tree.js';

/**
 * What each feature of a row adds to a tree's answer, beside the answer for rows on average: Shapley values over the paths of
 * the tree, exactly (Lundberg et al. 2018, algorithm 2). Where a feature isn't known, both ways count, by the weight of the
 * training rows that took them.
 */
export class TreeShap {
  readonly #tree: Tree;
  /** One item more a level of the recursion, each level with room for a path of its own. */
  readonly #features: Int32Array;
  readonly #zeros: Float64Array;
  readonly #ones: Float64Array;
  readonly #weights: Float64Array;
  #row: readonly number[] = [];
  #sums: Float64Array = new Float64Array(0);

  constructor(tree: Tree) {
    this.#tree = tree;
    const depth = depthOf(tree) + 2;
    const room = (depth * (depth + 1)) / 2;
    this.#features = new Int32Array(room);
    this.#zeros = new Float64Array(room);
    this.#ones = new Float64Array(room);
    this.#weights = new Float64Array(room);
  }

  /** @param row values by feature @param sums to which each feature's share is added */
  add(row: readonly number[], sums: Float64Array): void {
    this.#row = row;
    this.#sums = sums;
    this.#descend(0, 0, 0, 1, 1, -1);
  }

  /**
   * @param from where the path of the level above begins
   * @param length of that path
   * @param zero share of the training rows that come here although the feature isn't known
   * @param one 1 where the row itself comes here, else 0
   */
  #descend(node: number, from: number, length: number, zero: number, one: number, feature: number): void {
    const start = from + length;
    for (let i = 0; i < length; i += 1) this.#copy(from + i, start + i);
    this.#extend(start, length, zero, one, feature);
    const split = this.#tree.feature[node]!;
    if (split < 0) this.#addLeaf(start, length, this.#tree.value[node]!);
    else this.#descendBoth(node, split, start, length);
  }

  #descendBoth(node: number, split: number, start: number, last: number): void {
    const { left, right } = this.#tree;
    const hot = childOf(this.#tree, node, this.#row[split]!);
    const cold = hot === left[node] ? right[node]! : left[node]!;
    let [zero, one, length] = [1, 1, last + 1];
    // A feature that the path has split already counts once, with the shares of both splits.
    for (let i = 1; i <= last; i += 1) {
      if (this.#features[start + i] !== split) continue;
      zero = this.#zeros[start + i]!;
      one = this.#ones[start + i]!;
      this.#unwind(start, last, i);
      length -= 1;
      break;
    }
    this.#descend(hot, start, length, zero * this.#share(node, hot), one, split);
    this.#descend(cold, start, length, zero * this.#share(node, cold), 0, split);
  }

  #share(node: number, child: number): number {
    const all = this.#tree.cover[this.#tree.left[node]!]! + this.#tree.cover[this.#tree.right[node]!]!;
    return all > 0 ? this.#tree.cover[child]! / all : 0.5;
  }

  #copy(from: number, to: number): void {
    this.#features[to] = this.#features[from]!;
    this.#zeros[to] = this.#zeros[from]!;
    this.#ones[to] = this.#ones[from]!;
    this.#weights[to] = this.#weights[from]!;
  }

  /** Makes the path one longer: weights are of its subsets, by their size. */
  #extend(start: number, length: number, zero: number, one: number, feature: number): void {
    const weights = this.#weights;
    this.#features[start + length] = feature;
    this.#zeros[start + length] = zero;
    this.#ones[start + length] = one;
    weights[start + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i -= 1) {
      weights[start + i + 1]! += (one * weights[start + i]! * (i + 1)) / (length + 1);
      weights[start + i] = (zero * weights[start + i]! * (length - i)) / (length + 1);
    }
  }

  /** Takes one item out of the path. @param last index of its last one */
  #unwind(start: number, last: number, item: number): void {
    const weights = this.#weights;
    const one = this.#ones[start + item]!;
    const zero = this.#zeros[start + item]!;
    let next = weights[start + last]!;
    for (let i = last - 1; i >= 0; i -= 1) {
      if (one !== 0) {
        const weight = weights[start + i]!;
        weights[start + i] = (next * (last + 1)) / ((i + 1) * one);
        next = weight - (weights[start + i]! * zero * (last - i)) / (last + 1);
      } else weights[start + i] = (weights[start + i]! * (last + 1)) / (zero * (last - i));
    }
    for (let i = item; i < last; i += 1) {
      this.#features[start + i] = this.#features[start + i + 1]!;
      this.#zeros[start + i] = this.#zeros[start + i + 1]!;
      this.#ones[start + i] = this.#ones[start + i + 1]!;
    }
  }

  /** Sum of the weights as they would be without one item. */
  #unwoundSum(start: number, last: number, item: number): number {
    const weights = this.#weights;
    const one = this.#ones[start + item]!;
    const zero = this.#zeros[start + item]!;
    let next = weights[start + last]!;
    let sum = 0;
    for (let i = last - 1; i >= 0; i -= 1) {
      if (one !== 0) {
        const weight = (next * (last + 1)) / ((i + 1) * one);
        sum += weight;
        next = weights[start + i]! - (weight * zero * (last - i)) / (last + 1);
      } else sum += (weights[start + i]! * (last + 1)) / (zero * (last - i));
    }
    return sum;
  }

  #addLeaf(start: number, last: number, value: number): void {
    for (let i = 1; i <= last; i += 1) {
      const weight = this.#unwoundSum(start, last, i);
      const share = weight * (this.#ones[start + i]! - this.#zeros[start + i]!);
      this.#sums[this.#features[start + i]!]! += share * value;
    }
  }
}

/** Splits from a node down to the farthest leaf. */
export function depthOf(tree: Tree, node = 0): number {
  if (tree.feature[node]! < 0) return 0;
  return 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

/** What the tree answers on average over the training rows. */
export function expectedValue(tree: Tree, node = 0): number {
  if (tree.feature[node]! < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const [ofLeft, ofRight] = [tree.cover[left]!, tree.cover[right]!];
  const share = ofLeft + ofRight > 0 ? ofLeft / (ofLeft + ofRight) : 0.5;
  return share * expectedValue(tree, left) + (1 - share) * expectedValue(tree, right);
}
