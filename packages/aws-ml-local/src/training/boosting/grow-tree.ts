import type { BinnedColumn } from './bins.js';
import { type Split, type SplitLimits, SplitSearch, type Sums } from './find-split.js';
import { type Histogram, Histograms } from './histograms.js';
import { leafValue } from './regularisation.js';
import type { FeatureSample } from './sample-features.js';
import { addLeaf, emptyTree, type Tree } from './tree.js';

export interface TreeLimits extends SplitLimits {
  readonly maxLeaves: number;
  /** 0 is no limit. */
  readonly maxDepth: number;
}

/** A leaf that may still be split. */
interface OpenLeaf {
  readonly node: number;
  readonly depth: number;
  readonly rows: Int32Array;
  readonly sums: Sums;
  readonly histogram: Histogram;
  readonly split: Split;
}

/** Grows trees over the same rows and bins, for whatever gradients. */
export class TreeGrower {
  readonly #columns: readonly BinnedColumn[];
  readonly #histograms: Histograms;
  readonly #limits: TreeLimits;

  constructor(columns: readonly BinnedColumn[], rows: number, limits: TreeLimits) {
    this.#columns = columns;
    this.#histograms = new Histograms(columns, rows);
    this.#limits = limits;
  }

  /**
   * Splits the leaf that gains most, until none gains or there are leaves enough.
   *
   * @param scale by which what the leaves answer is multiplied: the learning rate
   */
  grow(rows: Int32Array, gradient: Float64Array, hessian: Float64Array, features: FeatureSample, scale: number): Tree {
    const tree = emptyTree();
    const growth: Growth = { tree, gradient, hessian, features, scale };
    const sums = sumsOf(rows, gradient, hessian);
    const root = this.#addLeaf(growth, sums);
    const histogram = this.#histograms.of(rows, gradient, hessian, features.ofTree);
    const open: OpenLeaf[] = [];
    this.#consider(growth, open, { node: root, depth: 0, rows, sums, histogram });
    for (let leaves = 1; leaves < this.#limits.maxLeaves && open.length > 0; leaves += 1) {
      this.#split(growth, open, takeBest(open));
    }
    for (const leaf of open) this.#histograms.release(leaf.histogram);
    return tree;
  }

  #addLeaf({ tree, scale }: Growth, { gradient, hessian }: Sums): number {
    return addLeaf(tree, scale * leafValue(gradient, hessian, this.#limits), hessian);
  }

  /** Keeps the leaf among the open ones, where something is gained by splitting it. */
  #consider(growth: Growth, open: OpenLeaf[], leaf: Omit<OpenLeaf, 'split'>): void {
    const { maxDepth } = this.#limits;
    const split = maxDepth > 0 && leaf.depth >= maxDepth ? undefined : this.#bestSplit(growth, leaf);
    if (split === undefined) this.#histograms.release(leaf.histogram);
    else open.push({ ...leaf, split });
  }

  #bestSplit({ features }: Growth, { depth, histogram, sums }: Omit<OpenLeaf, 'split'>): Split | undefined {
    const search = new SplitSearch(histogram, sums, this.#limits);
    for (const feature of features.ofNode(depth)) {
      search.feature(feature, this.#columns[feature]!, this.#histograms.offsets[feature]!);
    }
    return search.best;
  }

  #split(growth: Growth, open: OpenLeaf[], leaf: OpenLeaf): void {
    const { tree, gradient, hessian, features } = growth;
    const { split, sums, depth } = leaf;
    const rows = this.#divide(leaf.rows, split);
    const rightSums = {
      gradient: sums.gradient - split.left.gradient,
      hessian: sums.hessian - split.left.hessian,
      rows: sums.rows - split.left.rows,
    };
    const left = { node: this.#addLeaf(growth, split.left), depth: depth + 1, rows: rows.left, sums: split.left };
    const right = { node: this.#addLeaf(growth, rightSums), depth: depth + 1, rows: rows.right, sums: rightSums };
    this.#makeBranch(tree, leaf.node, split, left.node, right.node);
    // Counted for the smaller child alone; what is left of the parent's is the other's.
    const leftIsSmaller = rows.left.length <= rows.right.length;
    const smaller = this.#histograms.of(leftIsSmaller ? rows.left : rows.right, gradient, hessian, features.ofTree);
    const larger = Histograms.subtract(leaf.histogram, smaller);
    this.#consider(growth, open, { ...left, histogram: leftIsSmaller ? smaller : larger });
    this.#consider(growth, open, { ...right, histogram: leftIsSmaller ? larger : smaller });
  }

  #makeBranch(tree: Tree, node: number, split: Split, left: number, right: number): void {
    tree.feature[node] = split.feature;
    tree.left[node] = left;
    tree.right[node] = right;
    tree.value[node] = 0;
    tree.missingLeft[node] = split.missingLeft;
    if (split.categories !== undefined) tree.categories[node] = split.categories.toSorted((a, b) => a - b);
    // Behind the last bin are only missing values: whatever there is goes left.
    else tree.threshold[node] = this.#columns[split.feature]!.edges[split.bin] ?? Number.MAX_VALUE;
  }

  /** Rows of both children, each in the order they had. */
  #divide(rows: Int32Array, split: Split): { left: Int32Array; right: Int32Array } {
    const { bins, count } = this.#columns[split.feature]!;
    const goesLeft = new Uint8Array(count + 1);
    if (split.categories === undefined) goesLeft.fill(1, 0, split.bin + 1);
    else for (const bin of split.categories) goesLeft[bin] = 1;
    goesLeft[count] = split.missingLeft ? 1 : 0;
    const left = new Int32Array(split.left.rows);
    const right = new Int32Array(rows.length - split.left.rows);
    let toLeft = 0;
    let toRight = 0;
    for (const row of rows) {
      if (goesLeft[bins[row]!] === 1) left[toLeft++] = row;
      else right[toRight++] = row;
    }
    return { left, right };
  }
}

interface Growth {
  readonly tree: Tree;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly features: FeatureSample;
  readonly scale: number;
}

function sumsOf(rows: Int32Array, gradient: Float64Array, hessian: Float64Array): Sums {
  let gradients = 0;
  let hessians = 0;
  for (const row of rows) {
    gradients += gradient[row]!;
    hessians += hessian[row]!;
  }
  return { gradient: gradients, hessian: hessians, rows: rows.length };
}

/** The one that gains most; of equals the one that was made first. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let best = 0;
  for (let i = 1; i < open.length; i += 1) if (open[i]!.split.gain > open[best]!.split.gain) best = i;
  return open.splice(best, 1)[0]!;
}
