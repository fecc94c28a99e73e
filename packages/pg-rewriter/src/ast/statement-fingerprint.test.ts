import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from './grammar.js';
import { parseStatement } from './parse.js';
import { statementFingerprint } from './statement-fingerprint.js';

const of = (sql: string) => statementFingerprint(parseStatement(sql));

beforeAll(() => loadParser());

describe('the fingerprint of a statement', () => {
  it.each([
    ['constants', "SELECT f('a', 1) FROM t WHERE x = 'b'", "SELECT  f('secret', 2)\nFROM t WHERE x = 'c'"],
    ['a parameter for a constant', 'SELECT f($1) FROM t LIMIT $2', "SELECT f('a') FROM t LIMIT 5"],
    ['the number of values in IN', 'SELECT * FROM t WHERE x IN (1, 2, 3)', 'SELECT * FROM t WHERE x IN (4)'],
    ['the number of rows in VALUES', 'INSERT INTO t VALUES (1, 2), (3, 4)', 'INSERT INTO t VALUES (5, 6)'],
    ['the number of elements', 'SELECT x = ANY (ARRAY[1, 2])', 'SELECT x = ANY (ARRAY[3])'],
    [
      'constants within lists',
      "SELECT * FROM t WHERE x IN (lower('a'), 'b')",
      "SELECT * FROM t WHERE x IN (lower('c'), 'd')",
    ],
  ])('is the same whatever %s', (_what, a, b) => {
    expect(of(a)).toBe(of(b));
  });

  it.each([
    ['names', 'SELECT a FROM t', 'SELECT b FROM t'],
    ['clauses', 'SELECT a FROM t', 'SELECT a FROM t ORDER BY a'],
    ['the number of arguments', 'SELECT f(1)', 'SELECT f(1, 2)'],
    ['operators', 'SELECT a < 1', 'SELECT a > 1'],
  ])('differs with %s', (_what, a, b) => {
    expect(of(a)).not.toBe(of(b));
  });

  it('is sixteen hexadecimal digits', () => {
    expect(of("SELECT 'customer text'")).toMatch(/^[0-9a-f]{16}$/);
  });
});
