import { describe, expect, it } from 'vitest';
import { plainFolds, stratifiedFolds } from './folds.js';

// Expected values by scikit-learn 1.2.
describe('folds', () => {
  it('are those of scikit-learn, by class', () => {
    const labels = Array.from({ length: 40 }, (_, i) => 'baacbab'[(i * i + Math.floor(i / 3)) % 7] as string);
    expect(stratifiedFolds(labels, 5, 42).join('')).toBe('4331342340122021004004314342312401131022');
  });

  it('are those of scikit-learn, without classes', () => {
    expect(plainFolds(23, 5, 42).join('')).toBe('01122143004211403024233');
  });
});
