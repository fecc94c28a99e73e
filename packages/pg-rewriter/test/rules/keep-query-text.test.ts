import { expect, it } from 'vitest';
import { deparse } from '../../src/ast/deparse.js';
import { loadParser } from '../../src/ast/grammar.js';
import { parseStatement } from '../../src/ast/parse.js';
import { planStatement } from '../../src/plan-statement.js';
import { keepQueryText } from '../../src/rules/keep-query-text.js';
import { facts } from '../support/facts.js';

await loadParser();

const kept = (sql: string, searchPath = ['pg_temp_3', 'pg_catalog', 'public']) =>
  deparse(keepQueryText(parseStatement(sql), `it's`, searchPath));

it.each([
  ['SELECT current_query()', `SELECT 'it''s'::text AS current_query`],
  ['SELECT pg_catalog.current_query() AS q', `SELECT 'it''s'::text AS q`],
  ['SELECT q FROM current_query() q', 'SELECT q FROM current_query() AS q'],
  ['SELECT mine.current_query(), current_query(1)', 'SELECT mine.current_query(), current_query(1)'],
])('the text of the query stands in for what asks for it: %s', (sql, expected) => {
  expect(kept(sql).replace(/\s+/g, ' ')).toBe(expected);
});

it('columns of RETURNING keep their names', () => {
  const sql = 'UPDATE t SET a = current_query() RETURNING current_query()';
  expect(kept(sql)).toMatch(/SET\s+a = 'it''s'::text\s+RETURNING\s+'it''s'::text AS current_query/);
});

it('a function of the user that comes first in the search path is another', () => {
  expect(kept('SELECT current_query()', ['public', 'pg_catalog'])).toBe('SELECT current_query()');
});

it('a plan shows the statement that it is of', () => {
  const sql = `SELECT current_query(), (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support`;
  const plan = JSON.stringify(planStatement(sql, facts, { queryText: 'as written', watch: { checks: true } }));
  expect(plan).toContain('as written');
  expect(plan).not.toContain('current_query()');
});
