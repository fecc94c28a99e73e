import { describe, expect, it } from 'vitest';
import { cholesky, solve } from './cholesky.js';

describe('the Cholesky factor', () => {
  it('solves equations', () => {
    const factor = cholesky({ size: 3, values: Float64Array.of(4, 0, 0, 2, 5, 0, 1, 3, 6) })!;
    const solution = solve(factor, Float64Array.of(7, 10, 10));
    expect([...solution]).toEqual([1, 1, 1].map((value) => expect.closeTo(value, 12)));
  });

  it('does not exist where the matrix is not positive definite', () => {
    expect(cholesky({ size: 2, values: Float64Array.of(1, 0, 2, 1) })).toBeUndefined();
  });
});
