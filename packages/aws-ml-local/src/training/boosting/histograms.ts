import type { BinnedColumn } from './bins.js';

/** Numbers a bin: sum of gradients, sum of second derivatives, rows. */
export const BIN_WIDTH = 3;

/** Sums by feature and bin over the rows of one node, in one array. */
export type Histogram = Float64Array;

/** Fills histograms, and lends their memory. */
export class Histograms {
  /** Where a feature's first bin begins, in a histogram. */
  readonly offsets: readonly number[];
  readonly #columns: readonly BinnedColumn[];
  readonly #length: number;
  readonly #free: Histogram[] = [];
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;

  constructor(columns: readonly BinnedColumn[], rows: number) {
    this.#columns = columns;
    let length = 0;
    this.offsets = columns.map(({ count }) => {
      const offset = length;
      length += (count + 1) * BIN_WIDTH;
      return offset;
    });
    this.#length = length;
    this.#gradient = new Float64Array(rows);
    this.#hessian = new Float64Array(rows);
  }

  /** @param features those whose bins are asked for; the others stay 0 */
  of(rows: Int32Array, gradient: Float64Array, hessian: Float64Array, features: readonly number[]): Histogram {
    const histogram = this.#free.pop()?.fill(0) ?? new Float64Array(this.#length);
    // Side by side in the order of the rows, they are read as fast as memory allows, once for each feature.
    for (let i = 0; i < rows.length; i += 1) {
      this.#gradient[i] = gradient[rows[i]!]!;
      this.#hessian[i] = hessian[rows[i]!]!;
    }
    for (const feature of features) this.#fill(histogram, feature, rows);
    return histogram;
  }

  #fill(histogram: Histogram, feature: number, rows: Int32Array): void {
    const offset = this.offsets[feature]!;
    const { bins } = this.#columns[feature]!;
    const gradient = this.#gradient;
    const hessian = this.#hessian;
    for (let i = 0; i < rows.length; i += 1) {
      const at = offset + bins[rows[i]!]! * BIN_WIDTH;
      histogram[at] = histogram[at]! + gradient[i]!;
      histogram[at + 1] = histogram[at + 1]! + hessian[i]!;
      histogram[at + 2] = histogram[at + 2]! + 1;
    }
  }

  /** What is left of a node's histogram without one child's is the other's: takes the place of the node's. */
  static subtract(node: Histogram, child: Histogram): Histogram {
    for (let i = 0; i < node.length; i += 1) node[i] = node[i]! - child[i]!;
    return node;
  }

  /** Not needed any more. */
  release(histogram: Histogram): void {
    this.#free.push(histogram);
  }
}
