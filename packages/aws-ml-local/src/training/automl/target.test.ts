import { describe, expect, it } from 'vitest';
import { labelsAs, readTarget } from './target.js';

const repeated = (values: readonly string[], times = 20) => Array.from({ length: times }, () => values).flat();

describe('a target', () => {
  it.each([
    ['two words', ['no', 'yes', 'no', 'no'], 'BinaryClassification'],
    ['two numbers', ['0', '1', '1', '0'], 'BinaryClassification'],
    ['more words', repeated(['a', 'b', 'c']), 'MulticlassClassification'],
    ['few whole numbers', repeated(['1', '2', '3']), 'MulticlassClassification'],
    ['few fractions', repeated(['1.5', '2', '3']), 'Regression'],
    ['many whole numbers', Array.from({ length: 100 }, (_, i) => String(i)), 'Regression'],
  ])('tells the problem: %s', (_, cells, problem) => {
    expect(readTarget(cells, undefined).problem).toBe(problem);
  });

  it('orders its classes, numbers by their size', () => {
    expect(readTarget(['True.', 'False.', 'True.', 'False.'], undefined)).toEqual({
      problem: 'BinaryClassification',
      classes: ['False.', 'True.'],
      labels: Float64Array.of(1, 0, 1, 0),
    });
    expect(readTarget(repeated(['10', '9', '-1']), undefined).classes).toEqual(['-1', '9', '10']);
  });

  it('knows labels of other rows again', () => {
    const target = readTarget(['b', 'a', 'b', 'a'], undefined);
    expect(labelsAs(target, ['a', 'b'])).toEqual(Float64Array.of(0, 1));
    expect(labelsAs(target, ['c'])).toBeUndefined();
  });

  it.each([
    ['one class', ['x', 'x', 'x'], undefined, 'one value only'],
    ['three classes for two', repeated(['a', 'b', 'c']), 'BinaryClassification', '3 values'],
    ['words for a regression', ['a', 'b', 'a'], 'Regression', 'must be numeric'],
    ['a class a row', ['a', 'b', 'c', 'd'], undefined, 'too many'],
  ] as const)('is refused: %s', (_, cells, problem, message) => {
    expect(() => readTarget(cells, problem)).toThrow(message);
  });
});
