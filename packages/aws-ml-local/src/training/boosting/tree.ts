import type { FeatureMatrix } from '../feature-matrix.js';

/** A decision tree, as it is kept: node 0 is the root, each list has an item a node. */
export interface Tree {
  /** −1 in a leaf. */
  readonly feature: number[];
  /** Numeric: what is not greater goes left. */
  readonly threshold: number[];
  /** Categorical, by node: codes that go left; all others go right. */
  readonly categories: Record<number, number[]>;
  readonly missingLeft: boolean[];
  readonly left: number[];
  readonly right: number[];
  /** What a leaf adds; in other nodes 0. */
  readonly value: number[];
  /** Weight of the rows that came by in training. */
  readonly cover: number[];
}

export function emptyTree(): Tree {
  return { feature: [], threshold: [], categories: {}, missingLeft: [], left: [], right: [], value: [], cover: [] };
}

/** Adds a leaf, which may be split later. @returns its number */
export function addLeaf(tree: Tree, value: number, cover: number): number {
  tree.feature.push(-1);
  tree.threshold.push(0);
  tree.missingLeft.push(false);
  tree.left.push(-1);
  tree.right.push(-1);
  tree.value.push(value);
  tree.cover.push(cover);
  return tree.feature.length - 1;
}

/** The child of a node to which a value of its feature leads. */
export function childOf(tree: Tree, node: number, value: number): number {
  return goesLeft(tree, node, value) ? tree.left[node]! : tree.right[node]!;
}

function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.missingLeft[node]!;
  const categories = tree.categories[node];
  return categories === undefined ? value <= tree.threshold[node]! : categories.includes(value);
}

/** Adds the tree's answer for each row to `sums`. */
export function addPredictions(tree: Tree, matrix: FeatureMatrix, sums: Float64Array): void {
  for (let row = 0; row < matrix.rows; row += 1) {
    let node = 0;
    for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
      node = childOf(tree, node, matrix.columns[feature]![row]!);
    }
    sums[row] = sums[row]! + tree.value[node]!;
  }
}
