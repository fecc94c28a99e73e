import { describe, expect, it } from 'vitest';
import { encodeRows, featureOrigins, fitColumn } from './feature-encoder.js';

describe('a feature encoder', () => {
  it('numbers categories by how frequent they are', () => {
    const column = fitColumn('colour', ['b', 'a', 'c', 'c', '', 'b', 'c']);
    expect(column).toEqual({ name: 'colour', type: 'categorical', categories: ['c', 'b', 'a'] });
    const { columns, categories } = encodeRows([column], [['a'], ['c'], [''], ['new']]);
    expect([...columns[0]!]).toEqual([2, 0, Number.NaN, Number.NaN]);
    expect(categories).toEqual([3]);
  });

  it('divides dates into parts', () => {
    const columns = [fitColumn('at', ['2026-03-01 10:30:00', '2025-01-01']), fitColumn('n', ['1', '2'])];
    const matrix = encodeRows(columns, [
      ['2026-03-01 10:30:00', '5'],
      ['', 'many'],
    ]);
    expect(matrix.columns.map((values) => values[0])).toEqual([1772361000, 2026, 3, 1, 0, 10, 30, 5]);
    expect(matrix.columns.every((values) => Number.isNaN(values[1]))).toBe(true);
    expect(featureOrigins(columns)).toEqual([...Array.from({ length: 7 }, () => 'at'), 'n']);
  });

  it('leaves out what tells nothing', () => {
    expect(fitColumn('constant', ['1', '1'])).toEqual({ name: 'constant', type: 'ignored' });
    expect(fitColumn('empty', ['', ''])).toEqual({ name: 'empty', type: 'ignored' });
    expect(fitColumn('notes', ['x', 'y'], 'text')).toEqual({ name: 'notes', type: 'ignored' });
    // That a value is there may tell something.
    expect(fitColumn('maybe', ['1', ''])).toEqual({ name: 'maybe', type: 'numeric' });
  });

  it('reads a column as it is told to', () => {
    expect(fitColumn('area', ['408', '415', '408'], 'categorical')).toMatchObject({ categories: ['408', '415'] });
  });
});
