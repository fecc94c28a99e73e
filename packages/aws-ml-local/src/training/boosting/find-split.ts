import type { BinnedColumn } from './bins.js';
import { BIN_WIDTH, type Histogram } from './histograms.js';
import { leafGain, type Regularisation } from './regularisation.js';

export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface SplitLimits extends Regularisation {
  /** Least sum of second derivatives in a child. */
  readonly minChildWeight: number;
  /** Fewest rows in a child. */
  readonly minRows: number;
  /** Least gain for which a node is split. */
  readonly gamma: number;
}

export interface Split {
  readonly gain: number;
  readonly feature: number;
  /** Numeric: the last bin that goes left. Categorical: −1. */
  readonly bin: number;
  /** Categorical: bins that go left. */
  readonly categories: readonly number[] | undefined;
  readonly missingLeft: boolean;
  readonly left: Sums;
}

/** A feature with more categories than this can single out rows: splits of it are regularised. */
const FEW_CATEGORIES = 4;
/** Added to L2 for features of many categories. */
const CATEGORY_LAMBDA = 10;
/** Rows that a category must have in the node to go left by itself. */
const CATEGORY_ROWS = 10;

/** The best split of one node: asked feature by feature, so that ties go to the first feature and bin. */
export class SplitSearch {
  best: Split | undefined;
  readonly #histogram: Histogram;
  readonly #node: Sums;
  readonly #limits: SplitLimits;
  /** The least gain that is worth noticing: rounding makes a little from nothing. */
  #least: number;

  constructor(histogram: Histogram, node: Sums, limits: SplitLimits) {
    this.#histogram = histogram;
    this.#node = node;
    this.#limits = limits;
    this.#least = Math.max(limits.gamma, 1e-9);
  }

  feature(feature: number, column: BinnedColumn, offset: number): void {
    const missing = this.#sumsAt(offset + column.count * BIN_WIDTH);
    const order = column.categorical ? this.#categoryOrder(column.count, offset) : undefined;
    const limits =
      column.categorical && column.count > FEW_CATEGORIES
        ? { ...this.#limits, lambda: this.#limits.lambda + CATEGORY_LAMBDA }
        : this.#limits;
    const orders = order === undefined ? [undefined] : [order, order.toReversed()];
    for (const bins of orders) {
      const count = bins?.length ?? column.count;
      const scan = { feature, offset, bins, count, limits, noneMissing: missing.rows === 0 };
      this.#scan(scan, undefined);
      if (missing.rows > 0) this.#scan(scan, missing);
    }
  }

  #sumsAt(at: number): Sums {
    const histogram = this.#histogram;
    return { gradient: histogram[at]!, hessian: histogram[at + 1]!, rows: histogram[at + 2]! };
  }

  /** Categories by their Newton step: the best division into two has all on one side before those on the other. */
  #categoryOrder(count: number, offset: number): number[] {
    const fewest = count > FEW_CATEGORIES ? CATEGORY_ROWS : 1;
    const steps = Array.from({ length: count }, (_, bin) => {
      const { gradient, hessian, rows } = this.#sumsAt(offset + bin * BIN_WIDTH);
      return { bin, rows, step: gradient / (hessian + CATEGORY_LAMBDA) };
    });
    const eligible = steps.filter(({ rows }) => rows >= fewest);
    return eligible.sort((a, b) => a.step - b.step || a.bin - b.bin).map(({ bin }) => bin);
  }

  /** Moves bin after bin to the left, with or without the missing values. */
  #scan(scan: Scan, missing: Sums | undefined): void {
    const { feature, offset, bins, count, limits } = scan;
    const { minRows, minChildWeight } = limits;
    const histogram = this.#histogram;
    const node = this.#node;
    const before = leafGain(node.gradient, node.hessian, limits);
    let gradient = missing?.gradient ?? 0;
    let hessian = missing?.hessian ?? 0;
    let rows = missing?.rows ?? 0;
    for (let i = 0; i < count; i += 1) {
      const at = offset + (bins === undefined ? i : bins[i]!) * BIN_WIDTH;
      // An empty bin divides the rows as the one before it did.
      if (histogram[at + 2] === 0) continue;
      gradient += histogram[at]!;
      hessian += histogram[at + 1]!;
      rows += histogram[at + 2]!;
      if (rows < minRows || hessian < minChildWeight) continue;
      const hessianRight = node.hessian - hessian;
      if (node.rows - rows < minRows || node.rows === rows || hessianRight < minChildWeight) break;
      const right = leafGain(node.gradient - gradient, hessianRight, limits);
      const gain = leafGain(gradient, hessian, limits) + right - before;
      if (gain <= this.#least) continue;
      this.#least = gain;
      const categories = bins?.slice(0, i + 1);
      const left = { gradient, hessian, rows };
      this.best = {
        gain,
        feature,
        bin: bins === undefined ? i : -1,
        categories,
        missingLeft: missing !== undefined || (scan.noneMissing && rows * 2 > node.rows),
        left,
      };
    }
  }
}

interface Scan {
  readonly feature: number;
  readonly offset: number;
  /** Categorical: bins in the order in which they move. */
  readonly bins: readonly number[] | undefined;
  readonly count: number;
  readonly limits: SplitLimits;
  /** Then what is missing later goes with most rows. */
  readonly noneMissing: boolean;
}
