import { describe, expect, it } from 'vitest';
import { holdOut } from './hold-out.js';

describe('rows held out', () => {
  it('are the same share of each class', () => {
    const classes = Float64Array.from({ length: 100 }, (_, row) => (row < 20 ? 1 : 0));
    const { training, validation } = holdOut(100, 0.2, classes);
    expect([training.length, validation.length]).toEqual([80, 20]);
    expect(validation.filter((row) => classes[row] === 1)).toHaveLength(4);
    expect(new Set([...training, ...validation]).size).toBe(100);
  });

  it('are the same every time', () => {
    expect(holdOut(50, 0.3, undefined)).toEqual(holdOut(50, 0.3, undefined));
  });

  it('leave one of each class to learn from', () => {
    expect(holdOut(3, 0.9, Float64Array.of(0, 1, 2)).training).toHaveLength(3);
  });
});
