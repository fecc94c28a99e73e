import { describe, expect, it } from 'vitest';
import { PlanContext } from '../../src/analysis/plan-context.js';
import { queryColumns, rangeEntries, starColumns, withCtes } from '../../src/analysis/scope.js';
import { loadParser } from '../../src/ast/grammar.js';
import { asSelect, type SelectStmt } from '../../src/ast/node.js';
import { parseStatement } from '../../src/ast/parse.js';
import { facts } from '../support/facts.js';

await loadParser();

function select(sql: string): SelectStmt {
  const query = asSelect(parseStatement(sql));
  if (query === undefined) throw new Error('a SELECT is expected');
  return query;
}

const context = (sql: string): PlanContext => new PlanContext(facts, sql);

describe('rangeEntries', () => {
  const entries = (from: string) =>
    rangeEntries(select(`SELECT FROM ${from}`).fromClause, context(from), new Map()).map(({ alias, columns }) => [
      alias,
      columns?.join(),
    ]);

  it.each([
    ['products', [['products', 'id,name,price,category']]],
    ['public.products p', [['p', 'id,name,price,category']]],
    ['products AS p(a, b)', [['p', 'a,b,price,category']]],
    ['nowhere', [['nowhere', undefined]]],
    ['(SELECT id, upper(name), 1 AS one FROM products) q', [['q', 'id,upper,one']]],
    ['(VALUES (1, 2)) v(a)', [['v', 'a,column2']]],
    ["aws_comprehend.detect_sentiment('x', 'en')", [['detect_sentiment', 'sentiment,confidence']]],
    ["aws_comprehend.detect_sentiment('x', 'en') WITH ORDINALITY AS s(m)", [['s', 'm,confidence,ordinality']]],
    ['generate_series(1, 2) AS n', [['n', 'n']]],
    ['f() AS t(a int, b text)', [['t', 'a,b']]],
    [
      'notes JOIN forecasts ON true',
      [
        ['notes', 'id,note,sentiment,confidence'],
        ['forecasts', 'six_month,risk'],
      ],
    ],
  ])('of %s', (from, expected) => {
    expect(entries(from)).toEqual(expected);
  });
});

describe('starColumns', () => {
  const star = (sql: string, ...parts: string[]) => {
    const query = select(sql);
    return starColumns([...parts, '*'], query, context(sql), new Map())?.map((c) => `${c.alias ?? ''}.${c.column}`);
  };

  it('merges the columns of USING', () => {
    expect(star('SELECT * FROM notes JOIN products USING (id)')).toEqual([
      '.id',
      'notes.note',
      'notes.sentiment',
      'notes.confidence',
      'products.name',
      'products.price',
      'products.category',
    ]);
  });

  it('of one entry', () => {
    expect(star('SELECT p.* FROM notes, products p', 'p')).toEqual(['p.id', 'p.name', 'p.price', 'p.category']);
  });

  it('does not guess', () => {
    expect(star('SELECT * FROM nowhere')).toBeUndefined();
  });
});

describe('withCtes', () => {
  it('knows the columns of WITH queries, each by those before it', () => {
    const sql = 'WITH a AS (SELECT id, name FROM products), b(x) AS (SELECT * FROM a) SELECT * FROM b';
    const ctes = withCtes(select(sql), context(sql), new Map());
    expect([...ctes]).toEqual([
      ['a', ['id', 'name']],
      ['b', ['x', 'name']],
    ]);
    expect(queryColumns(select(sql), context(sql), new Map())).toEqual(['x', 'name']);
  });
});
