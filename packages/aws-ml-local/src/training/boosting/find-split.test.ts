import { describe, expect, it } from 'vitest';
import { binColumns } from './bins.js';
import { type SplitLimits, SplitSearch } from './find-split.js';
import { Histograms } from './histograms.js';

const free: SplitLimits = { lambda: 1, alpha: 0, maxDeltaStep: 0, minChildWeight: 0, minRows: 1, gamma: 0 };

/** The best split of rows that have these gradients, and 1 as second derivative. */
function bestSplit(
  columns: readonly (readonly number[])[],
  gradients: readonly number[],
  options: Partial<SplitLimits> & { categories?: readonly number[] } = {},
) {
  const rows = gradients.length;
  const categories = options.categories ?? columns.map(() => 0);
  const binned = binColumns({ rows, columns: columns.map((values) => Float64Array.from(values)), categories });
  const histograms = new Histograms(binned, rows);
  const all = Int32Array.from(gradients.keys());
  const features = Array.from(columns.keys());
  const histogram = histograms.of(all, Float64Array.from(gradients), new Float64Array(rows).fill(1), features);
  const gradient = gradients.reduce((sum, value) => sum + value, 0);
  const search = new SplitSearch(histogram, { gradient, hessian: rows, rows }, { ...free, ...options });
  for (const feature of features) search.feature(feature, binned[feature]!, histograms.offsets[feature]!);
  return search.best;
}

describe('the best split', () => {
  it('parts what differs', () => {
    const split = bestSplit(
      [
        [1, 1, 1, 1],
        [4, 3, 2, 1],
      ],
      [5, 5, -5, -5],
    );
    // Left and right: 10² / (2 + 1) each; together: 0.
    expect(split).toMatchObject({
      feature: 1,
      bin: 1,
      gain: expect.closeTo(200 / 3),
      left: { gradient: -10, rows: 2 },
    });
  });

  it('is the first of equals', () => {
    expect(
      bestSplit(
        [
          [1, 2],
          [1, 2],
        ],
        [5, -5],
      ),
    ).toMatchObject({ feature: 0, bin: 0 });
  });

  it('sends missing values to where they fit', () => {
    const column = [1, 2, 3, Number.NaN];
    expect(bestSplit([column], [5, 5, -5, 5])).toMatchObject({ bin: 1, missingLeft: true });
    expect(bestSplit([column], [5, 5, -5, -5])).toMatchObject({ bin: 1, missingLeft: false });
    expect(bestSplit([[7, 7, Number.NaN, Number.NaN]], [5, 5, -5, -5])).toMatchObject({ bin: 0, missingLeft: false });
  });

  it('keeps to the limits', () => {
    const [column, gradients] = [
      [1, 2, 3, 4],
      [9, -1, -1, -1],
    ];
    expect(bestSplit([column], gradients)).toMatchObject({ bin: 0 });
    expect(bestSplit([column], gradients, { minRows: 2 })).toMatchObject({ bin: 1 });
    expect(bestSplit([column], gradients, { minChildWeight: 1.5 })).toMatchObject({ bin: 1 });
    expect(bestSplit([column], gradients, { gamma: 1000 })).toBeUndefined();
    expect(bestSplit([column], gradients, { alpha: 100 })).toBeUndefined();
  });

  it('puts categories together that are alike', () => {
    const split = bestSplit([[0, 1, 2, 0, 1, 2]], [5, -5, 5, 5, -5, 5], { categories: [3] });
    expect(new Set(split?.categories)).toEqual(new Set([1]));
    expect(split?.bin).toBe(-1);
  });

  it('does not single out rare ones of many categories', () => {
    // Ten categories; the first has 20 rows, the second one row that is unlike all others.
    const codes = [...Array.from({ length: 20 }, () => 0), 1, ...Array.from({ length: 40 }, (_, i) => 2 + (i % 2))];
    const gradients = codes.map((code) => (code === 1 ? -50 : code === 0 ? 1 : -1));
    expect(bestSplit([codes], gradients, { categories: [10] })?.categories).not.toContain(1);
    expect(bestSplit([codes.map((code) => Math.min(code, 3))], gradients, { categories: [4] })?.categories).toEqual([
      1,
    ]);
  });
});
