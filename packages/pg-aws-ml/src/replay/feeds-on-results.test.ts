import { loadParser, parseStatement } from 'pg-rewriter';
import { expect, it } from 'vitest';
import { feedsOnResults } from './feeds-on-results.js';
import { MlMentions } from './ml-mentions.js';

await loadParser();
const none = new Set<string>();
const ml = new MlMentions({ names: new Set(['ml']), rowFunctions: none, operators: none, types: none });

const recursive = (columns: string, anchor: string, step: string): string =>
  `WITH RECURSIVE n${columns} AS (${anchor} UNION ALL ${step}) SELECT * FROM n`;

it.each([
  [
    'a prompt made of the answer before',
    recursive('(i, s)', 'SELECT 1, ml(1)', "SELECT i + 1, ml(coalesce(s, '…')) FROM n"),
    true,
  ],
  [
    'the columns named by the anchor',
    recursive('', 'SELECT 1 AS i, ml(1) AS s', 'SELECT i + 1, ml(concat(s)) FROM n'),
    true,
  ],
  ['the whole row', recursive('(i, s)', 'SELECT 1, ml(1)', 'SELECT i + 1, ml(n::text) FROM n'), true],
  ['the row under an alias', recursive('(i, s)', 'SELECT 1, ml(1)', 'SELECT i + 1, ml(x::text) FROM n x'), true],
  ['renamed columns', recursive('(i, s)', 'SELECT 1, ml(1)', 'SELECT a + 1, ml(concat(b)) FROM n x(a, b)'), true],
  ['a call in FROM', recursive('(i, s)', "SELECT 1, 'x'", 'SELECT i + 1, y.v FROM n, ml(i) y(v)'), true],
  [
    'an answer that ends the recursion',
    recursive('(i, s)', 'SELECT 1, ml(1)', "SELECT i + 1, ml(i) FROM n WHERE s <> 'end'"),
    true,
  ],
  [
    'within a statement that writes',
    `INSERT INTO t ${recursive('(i, s)', 'SELECT 1, ml(1)', 'SELECT i + 1, ml(concat(s)) FROM n')}`,
    true,
  ],
  [
    'a walk that asks about what it finds',
    recursive('(i, s)', 'SELECT 1, ml(1)', 'SELECT c.id, ml(c.body) FROM n JOIN c ON c.parent = n.i'),
    false,
  ],
  [
    'calls over the recursion',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT ml(coalesce(i, 0)) FROM n',
    false,
  ],
  ['no recursion', "WITH n AS (SELECT ml(1) AS s) SELECT ml(coalesce(s, '')) FROM n", false],
])('%s', (_, sql, feeds) => {
  expect(feedsOnResults(parseStatement(sql), ml)).toBe(feeds);
});
