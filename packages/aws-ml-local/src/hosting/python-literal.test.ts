import { describe, expect, it } from 'vitest';
import { pythonLiteral } from './python-literal.js';

describe('values in Python’s notation', () => {
  it.each([
    [[0.93, 0.07], '[0.93, 0.07]'],
    [['False.', 'True.'], "['False.', 'True.']"],
    [1, '1.0'],
    [-0, '-0.0'],
    [1e-7, '1e-07'],
    [0.00012, '0.00012'],
    [0.00001, '1e-05'],
    [1.5e300, '1.5e+300'],
    [1e16, '1e+16'],
    [123456789012345, '123456789012345.0'],
    [Number.NaN, 'nan'],
    ["it's", '"it\'s"'],
    [`it's "so"`, `'it\\'s "so"'`],
    ['a\\b\n\u0001', "'a\\\\b\\n\\x01'"],
    [[], '[]'],
  ])('%j', (value, expected) => {
    expect(pythonLiteral(value)).toBe(expected);
  });
});
