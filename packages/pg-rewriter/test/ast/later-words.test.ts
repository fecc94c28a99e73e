import { expect, it } from 'vitest';
import { loadParser } from '../../src/ast/grammar.js';
import { withLaterWordsQuoted } from '../../src/ast/later-words.js';
import { parseStatement } from '../../src/ast/parse.js';

await loadParser();

it.each([
  [
    15,
    `SELECT é.JSON_VALUE(a), 'json_value(b)' -- json_value`,
    `SELECT é."json_value"(a), 'json_value(b)' -- json_value`,
  ],
  [
    15,
    'SELECT json_array(a), merge_action(), "json_value"(a)',
    'SELECT "json_array"(a), "merge_action"(), "json_value"(a)',
  ],
  [16, 'SELECT json_array(a), json_scalar(a)', 'SELECT json_array(a), "json_scalar"(a)'],
  [17, 'SELECT json_array(a), json_scalar(a)', 'SELECT json_array(a), json_scalar(a)'],
  [undefined, 'SELECT json_scalar(a)', 'SELECT json_scalar(a)'],
  [15, `SELECT json_value('`, `SELECT json_value('`],
])(
  'names of functions that later grammars take for keywords are quoted for earlier servers: %s %s',
  (version, sql, expected) => {
    expect(withLaterWordsQuoted(sql, version)).toBe(expected);
  },
);

it('what is quoted is a call of a function', () => {
  const node = parseStatement(withLaterWordsQuoted('SELECT json_value(body)', 15));
  expect(JSON.stringify(node)).toContain('FuncCall');
});
