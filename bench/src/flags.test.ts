import { expect, test } from 'vitest';
import { numberOf, optionalNumberOf } from './flags.js';

test('reads numbers', () => {
  expect(numberOf('latency', '0')).toBe(0);
  expect(numberOf('minutes', '0.5')).toBe(0.5);
  expect(optionalNumberOf('quota', '400', 1)).toBe(400);
  expect(optionalNumberOf('quota', undefined)).toBeUndefined();
});

test.each(['', ' ', 'many', '10x', '-1', 'NaN', 'Infinity'])('refuses %j', (text) => {
  expect(() => numberOf('rows', text)).toThrow('--rows: expected a number, at least 0, but got:');
});

test('refuses less than the least', () => {
  expect(() => numberOf('rounds', '0', 1)).toThrow('--rounds: expected a number, at least 1, but got: 0');
});
