import type { FeatureMatrix } from '../feature-matrix.js';

/** With the one for missing values a bin fits in a byte. */
const MOST_BINS = 254;

/** A column cut into few intervals, between which trees split. */
export interface BinnedColumn {
  /** By row; `count` where the value is missing. */
  readonly bins: Uint8Array;
  /** Number of bins, without the one for missing values. */
  readonly count: number;
  /** Numeric: bin b holds values up to edges[b], the last bin all that are greater. */
  readonly edges: Float64Array;
  /** Bins are codes of categories, in no order. */
  readonly categorical: boolean;
}

export function binColumns(matrix: FeatureMatrix): BinnedColumn[] {
  return matrix.columns.map((values, index) => {
    const categories = matrix.categories[index] ?? 0;
    return categories > 0 ? binCategories(values, categories) : binNumbers(values);
  });
}

function binNumbers(values: Float64Array): BinnedColumn {
  const edges = quantileEdges(values);
  const count = edges.length + 1;
  const bins = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    bins[row] = Number.isNaN(value) ? count : lowerBound(edges, value);
  }
  return { bins, count, edges, categorical: false };
}

/** Codes beyond the bins count as missing: encoders number categories by how frequent they are. */
function binCategories(values: Float64Array, categories: number): BinnedColumn {
  const count = Math.min(categories, MOST_BINS);
  const bins = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const code = values[row]!;
    bins[row] = Number.isNaN(code) ? count : Math.min(code, count);
  }
  return { bins, count, edges: new Float64Array(0), categorical: true };
}

/** Ascending values that part the bins: between all distinct values where these are few, else at quantiles. */
function quantileEdges(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const betweenAll = edgesAt(sorted, function* () {
    for (let i = 1; i < sorted.length; i += 1) yield i;
  });
  if (betweenAll.length < MOST_BINS) return Float64Array.from(betweenAll);
  const atQuantiles = edgesAt(sorted, function* () {
    for (let bin = 1; bin < MOST_BINS; bin += 1) yield Math.floor((bin * sorted.length) / MOST_BINS);
  });
  return Float64Array.from(atQuantiles);
}

/** Midway between neighbours that differ, at the given places. */
function edgesAt(sorted: Float64Array, places: () => Iterable<number>): number[] {
  const edges: number[] = [];
  for (const place of places()) {
    const below = sorted[place - 1]!;
    const above = sorted[place]!;
    if (below === above) continue;
    const middle = below + (above - below) / 2;
    edges.push(middle < above ? middle : below);
  }
  return edges;
}

/** Index of the first edge that is not less than the value. */
function lowerBound(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
