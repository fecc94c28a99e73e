import { expect, it } from 'vitest';
import type { Occurrence } from './faults.js';
import { OccurrenceCounter } from './occurrence-counter.js';

it.each<[Occurrence | undefined, string]>([
  [undefined, '.......'],
  [true, '#######'],
  [2, '##.....'],
  [{ first: 2 }, '##.....'],
  [{ every: 3 }, '..#..#.'],
  [{ first: 1, every: 3 }, '#..#..#'],
  [{}, '#######'],
])('%j strikes as %s', (occurrence, pattern) => {
  const counter = new OccurrenceCounter(occurrence);
  expect([...pattern].map(() => (counter.strikes() ? '#' : '.')).join('')).toBe(pattern);
});
