import { describe, expect, it } from 'vitest';
import { PlanContext } from '../../src/analysis/plan-context.js';
import { type Substitution, substitute } from '../../src/analysis/substitute.js';
import { deparse } from '../../src/ast/deparse.js';
import { loadParser } from '../../src/ast/grammar.js';
import { asSelect, type Node } from '../../src/ast/node.js';
import { parseExpression, parseStatement } from '../../src/ast/parse.js';
import { facts } from '../support/facts.js';

await loadParser();

/** `q` hands up `mood`, which stands for an expression, and `id`, which stays. */
const columns = new Map<string, Node>([['mood', parseExpression('f(q.arg)')]]);
const q: Substitution = { alias: 'q', columns, kept: new Set(['id', 'arg']), whole: undefined };

function replaced(sql: string, sub = q): string {
  const select = asSelect(parseStatement(sql));
  if (select === undefined) throw new Error('a SELECT is expected');
  return deparse({ SelectStmt: substitute(select, sub, new PlanContext(facts, sql), new Map()) });
}

describe('substitute', () => {
  it.each([
    ['SELECT mood, q.mood, q.id FROM q', 'SELECT f(q.arg), f(q.arg), q.id FROM q'],
    ['SELECT 1 FROM q WHERE mood = 1 GROUP BY q.mood', 'SELECT 1 FROM q WHERE f(q.arg) = 1 GROUP BY f(q.arg)'],
    ['SELECT id AS mood FROM q ORDER BY mood', 'SELECT id AS mood FROM q ORDER BY mood'],
    ['SELECT id AS mood FROM q ORDER BY mood || 1', 'SELECT id AS mood FROM q ORDER BY f(q.arg) || 1'],
    ['SELECT id AS mood FROM q ORDER BY q.mood', 'SELECT id AS mood FROM q ORDER BY f(q.arg)'],
    [
      'SELECT (SELECT max(n.id) FROM notes AS n WHERE n.note = mood) FROM q',
      'SELECT (SELECT max(n.id) FROM notes AS n WHERE n.note = f(q.arg)) FROM q',
    ],
    ['SELECT 1 FROM q, g(q.mood) AS x', 'SELECT 1 FROM q, g(f(q.arg)) AS x'],
    [
      'SELECT (SELECT max(n.id) FROM (SELECT 1 AS id, 2 AS mood) AS n WHERE mood = q.mood) FROM q',
      'SELECT (SELECT max(n.id) FROM (SELECT 1 AS id, 2 AS mood) AS n WHERE mood = f(q.arg)) FROM q',
    ],
  ])('in every clause: %s', (sql, expected) => {
    expect(replaced(sql)).toBe(deparse(parseStatement(expected)));
  });

  it.each([
    'SELECT (SELECT q.mood FROM (SELECT 1 AS mood) AS q) FROM q',
    'SELECT 1 FROM (SELECT q.mood FROM (SELECT 1 AS mood) AS q) AS z, q',
    'SELECT 1 FROM (SELECT z.mood FROM (SELECT 1 AS mood) AS z) AS q',
    'SELECT (SELECT max(q) FROM (SELECT 1 AS q) AS z WHERE q.id = 1) FROM q',
  ])('leaves what means another entry: %s', (sql) => {
    expect(replaced(sql)).toBe(deparse(parseStatement(sql)));
  });

  it.each([
    ['a column that is not known', 'SELECT q.nothing FROM q'],
    ['the whole row', 'SELECT q FROM q'],
    ['a name that would be captured', 'SELECT (SELECT mood FROM notes AS q2, support AS q) FROM q'],
  ])('declines %s', (_what, sql) => {
    expect(() => replaced(sql)).toThrow();
  });
});
