import { describe, expect, it } from 'vitest';
import { opensParenthesis, StatementHeads, statementHead } from './statement-head.js';

describe('statementHead', () => {
  it.each([
    ['COMMIT', ['commit']],
    ['/* app */ COMMIT', ['commit']],
    ['-- app\n\t\fCommit WORK', ['commit', 'work']],
    ['-- app\rcommit', ['commit']],
    ['/* a /* nested */ ; -- */ commit /* b */ work', ['commit', 'work']],
    [';; ; set/**/constraints all', ['set', 'constraints']],
    ['((select 1))', ['select']],
    ['( /* ; */ ( values (1)', ['values']],
    ['sélect_1$ x', ['sélect_1$', 'x']],
    ["'commit'", []],
    ['"commit"', []],
    ['/* commit', []],
    ['-- commit', []],
    ['', []],
    [' ; ', []],
    ['copy(select 1) to stdout', ['copy']],
  ])('reads the first words of %j', (text, words) => {
    expect(statementHead(text).words).toEqual(words);
  });

  it('tells where the last word ends', () => {
    const text = '/* x */ copy /* y */ -- z\n (select 1) to stdout';
    const { end } = statementHead(text, 1);
    expect(text.slice(0, end)).toBe('/* x */ copy');
    expect(opensParenthesis(text, end)).toBe(true);
    expect(opensParenthesis('copy t (a)', 4)).toBe(false);
  });
});

describe('StatementHeads', () => {
  const heads = new StatementHeads('commit', 'set constraints');

  it.each(['commit', '/**/;COMMIT;', 'SET /* x */ CONSTRAINTS ALL IMMEDIATE', '-- x\r(commit'])(
    '%j begins so',
    (text) => {
      expect(heads.begins(text)).toBe(true);
      expect(heads.mayBegin(text)).toBe(true);
    },
  );

  it.each(['committed', 'set session x = 1', 'select commit', 'begin; ', "select ';'"])('%j does not', (text) => {
    expect(heads.begins(text)).toBe(false);
    expect(heads.mayBegin(text)).toBe(false);
  });

  it.each([
    'select 1; commit',
    "select '; /* '; commit",
    'select 1; /* x */ -- y\n Commit',
    'select 1;set constraints all deferred',
  ])('may begin a statement of %j', (text) => {
    expect(heads.begins(text)).toBe(false);
    expect(heads.mayBegin(text)).toBe(true);
  });
});
