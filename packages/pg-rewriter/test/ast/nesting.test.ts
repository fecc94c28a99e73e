import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/ast/grammar.js';
import { nestingOf } from '../../src/ast/nesting.js';
import { parseStatements } from '../../src/ast/parse.js';

beforeAll(loadParser);

describe('the depth of a text', () => {
  test.each([
    ['SELECT 1', 0],
    ['SELECT 1 + 2 + 3', 2],
    ['SELECT 1 + 2, 3 + 4', 1],
    ["SELECT 'a + b + c'", 0],
    ['SELECT ((1)) + 2', 3],
    ['SELECT f(a, g(b)) FROM t WHERE a = 1 OR b = 2 OR c = 3', 2],
    ['SELECT CASE WHEN a = 1 THEN CASE WHEN b THEN 1 END END', 2],
    ['SELECT 1 UNION SELECT 2 UNION SELECT 3', 2],
  ])('%s', (sql, depth) => {
    expect(nestingOf(sql)).toBe(depth);
  });
});

test('long lists are not deep', () => {
  const numbers = Array.from({ length: 20_000 }, (_, i) => `(${i}, 'x' || 'y')`).join(', ');
  expect(parseStatements(`INSERT INTO t VALUES ${numbers}`)).toHaveLength(1);
});

test('texts that would overflow the parser are refused before they harm it', () => {
  const deep = `SELECT 1${" || 'a'".repeat(10_000)}`;
  for (let i = 0; i < 30; i++) expect(() => parseStatements(deep)).toThrow(RangeError);
  expect(parseStatements('SELECT 1')).toHaveLength(1);
});
