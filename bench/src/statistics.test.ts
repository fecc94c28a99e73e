import { expect, test } from 'vitest';
import { median, medianRatio, rounded } from './statistics.js';

test.each([
  [[7], 7],
  [[9, 1, 10], 9],
  [[4, 1, 3, 100], 3.5],
  [[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  const before = [...values];
  expect(median(values)).toBe(expected);
  expect(values).toEqual(before);
});

test('ratios are taken round by round', () => {
  // The machine was ten times slower in the second round, for both.
  expect(medianRatio([1, 10, 1.5], [2, 20, 2], (value) => value)).toBe(0.5);
  expect(() => medianRatio([1], [1, 2], (value) => value)).toThrow('rounds: 1 of ours, 2 of theirs');
});

test('rounds to significant digits', () => {
  expect([rounded(1234.5), rounded(0.012345), rounded(1.0349, 4)]).toEqual([1230, 0.0123, 1.035]);
});
