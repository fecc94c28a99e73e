import { describe, expect, it } from 'vitest';
import { deparse } from '../../src/ast/deparse.js';
import { fingerprint } from '../../src/ast/fingerprint.js';
import { loadParser } from '../../src/ast/grammar.js';
import { parseExpression, parseStatement } from '../../src/ast/parse.js';
import { Decline } from '../../src/decline.js';

await loadParser();

describe('deparse', () => {
  it.each([
    'SELECT a.b, (f(x)).c, (f(x)).*, $2 FROM t AS a WHERE x IS NOT TRUE AND NOT (y OR z) ORDER BY 1 DESC NULLS LAST LIMIT $1',
    'SELECT DISTINCT ON (a) a, count(*) FILTER (WHERE b > 1) OVER (PARTITION BY c ORDER BY d ROWS 2 PRECEDING) FROM t',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n, LATERAL f(i) WITH ORDINALITY AS g(x, y)',
    'SELECT 1 FROM a LEFT JOIN b USING (id) NATURAL JOIN c, ROWS FROM (f(1), g(2)) AS r GROUP BY ROLLUP (x, (y, z)), CUBE (w)',
    "INSERT INTO t (a, b) SELECT E'it''s \\\\', '\u00fc\u{1f600}'::varchar(3) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *",
    'SELECT CASE x WHEN 1 THEN \'a\' ELSE b END, COALESCE(a, b), x BETWEEN 1 AND 2, a OPERATOR(pg_catalog.+) b, y COLLATE "C", t::int[]',
    'SELECT f(VARIADIC a), g(b => 1), h(DISTINCT c ORDER BY d) FROM t TABLESAMPLE SYSTEM (10) FOR UPDATE OF t SKIP LOCKED',
    'CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 AS a',
    'SELECT a FROM t ORDER BY a FETCH FIRST (3) ROWS WITH TIES',
  ])('writes what parses to the same tree: %s', (sql) => {
    const tree = parseStatement(sql);
    expect(fingerprint(parseStatement(deparse(tree)))).toBe(fingerprint(tree));
  });

  it.each([
    ['a clause that the deparser drops', 'SELECT a FROM t GROUP BY DISTINCT ROLLUP (a, b)'],
    ['another one', 'SELECT xmlserialize(content x AS text INDENT) FROM t'],
    ['a node that it does not know', "SELECT JSON_VALUE(x, '$.a') FROM t"],
  ])('refuses %s', (_what, sql) => {
    expect(() => deparse(parseStatement(sql))).toThrow(Decline);
  });
});

describe('fingerprint', () => {
  it('is equal for equal trees, wherever they stand in a text', () => {
    expect(fingerprint(parseExpression('f(a,   1)'))).toBe(fingerprint(parseExpression('f(a, 1)')));
  });

  it.each(['f(a, 2)', 'f(1, a)', 'f(VARIADIC a)', "f(a, '1')", 'F(b, 1)'])('tells f(a, 1) from %s', (other) => {
    expect(fingerprint(parseExpression(other))).not.toBe(fingerprint(parseExpression('f(a, 1)')));
  });
});
