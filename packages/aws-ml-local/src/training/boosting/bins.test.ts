import { describe, expect, it } from 'vitest';
import { binColumns } from './bins.js';

const binned = (values: readonly number[], categories = 0) =>
  binColumns({ rows: values.length, columns: [Float64Array.from(values)], categories: [categories] })[0]!;

describe('bins', () => {
  it('part all distinct values where these are few', () => {
    const { bins, count, edges } = binned([3, 1, 2, 1]);
    expect([count, ...edges]).toEqual([3, 1.5, 2.5]);
    expect([...bins]).toEqual([2, 0, 1, 0]);
  });

  it('have one more for missing values', () => {
    const { bins, count } = binned([5, Number.NaN, 7]);
    expect(count).toBe(2);
    expect([...bins]).toEqual([0, 2, 1]);
    expect([...binned([Number.NaN, Number.NaN]).bins]).toEqual([1, 1]);
  });

  it('lie at quantiles where values are many', () => {
    const { bins, count, edges } = binned(Array.from({ length: 10_000 }, (_, i) => i * i));
    expect(count).toBe(254);
    expect(edges[126]).toBeCloseTo(5000 ** 2, -5);
    const sizes = new Map<number, number>();
    for (const bin of bins) sizes.set(bin, (sizes.get(bin) ?? 0) + 1);
    expect(Math.max(...sizes.values())).toBeLessThanOrEqual(40);
  });

  it('keep neighbours apart that have no number between them', () => {
    const [low, high] = [1, 1 + Number.EPSILON];
    expect([...binned([low, high]).bins]).toEqual([0, 1]);
  });

  it('are the codes of categories', () => {
    const { bins, count, categorical } = binned([2, 0, Number.NaN, 1], 3);
    expect({ count, categorical }).toEqual({ count: 3, categorical: true });
    expect([...bins]).toEqual([2, 0, 3, 1]);
  });
});
