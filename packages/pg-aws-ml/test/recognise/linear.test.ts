import { loadParser, parseStatements } from 'pg-rewriter';
import { beforeAll, describe, expect, it } from 'vitest';
import { explainStatement } from '../../src/explain/explain-statement.js';
import { copiesFromClient, copiesQuery, copiesTable, evaluates } from '../../src/front-ends/pg/query-config.js';
import { Recogniser } from '../../src/recognise/recogniser.js';
import { beginsBlock, mayRunDeferredTriggers } from '../../src/recognise/statement-kind.js';

beforeAll(() => loadParser());

const MEGABYTE = 1024 * 1024;

/** What a text of a length is made of. */
const shapes: readonly (readonly [name: string, unit: string, end?: string])[] = [
  ['blanks', ' ', 'SELECT 1'],
  ['line feeds', '\n', 'SELECT 1'],
  ['line comments', '-- x\n', 'SELECT 1'],
  ['empty line comments', '--\r\n', 'EXECUTE q'],
  ['block comments', '/**/', 'SELECT 1'],
  ['block comments with blanks', '/* x */ ', 'COPY t TO STDOUT'],
  ['openings of comments', '/*'],
  ['slashes and stars', '/*/'],
  ['quotes', "'"],
  ['double quotes', '"'],
  ['escapes', "E'\\'"],
  ['dollars', '$'],
  ['dollar quotes', '$a$'],
  ['parentheses', '('],
  ['semicolons', ';'],
  ['semicolons with comments', ';/*'],
  ['statements', 'SELECT 1;'],
  ['letters', 'a'],
  ['words', 'create '],
  ['words that run other text', 'explain execut '],
  ['words of copies', 'copy from std '],
  ['names in part', 'aws_ invoke_ '],
  ['letters beyond ASCII', 'é'],
  ['calls', 'f('],
  ['names in codes', 'u&"'],
];

const reads: readonly (readonly [name: string, read: (text: string) => unknown])[] = [
  [
    'the recogniser',
    (text) => {
      const recogniser = new Recogniser();
      recogniser.learn(new Set(['mood_of', 'a b', 'évaluer', 'aaaaaaaab']));
      recogniser.remember(text);
      return [recogniser.concerns(text), recogniser.concerns(text), recogniser.reachesUnnamed(text)];
    },
  ],
  ['copies', (text) => [copiesTable(text), copiesQuery(text), copiesFromClient(text)]],
  ['evaluates', evaluates],
  ['the ends of transactions', (text) => [beginsBlock(text), mayRunDeferredTriggers(text)]],
];

const copies = (unit: string, bytes: number, end = ''): string => unit.repeat(bytes / unit.length) + end;

/** Of this process, whatever else the machine does; in milliseconds. */
function timeOf(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Twice the text may take twice the time, or a little more; work that grows with the square takes minutes here. */
function expectLinear(run: (bytes: number) => unknown, bytes = MEGABYTE): void {
  const half = timeOf(() => run(bytes / 2));
  const whole = timeOf(() => run(bytes));
  expect(whole).toBeLessThan(3 * half + 500);
}

describe.each(reads)('a text is read in time proportional to its length: %s', (_, read) => {
  it.each(shapes)('a megabyte of %s', (_name, unit, end) => {
    expectLinear((bytes) => read(copies(unit ?? '', bytes, end)));
  });
});

describe('a statement that is parsed is read in time proportional to its length', () => {
  it('one with many before it', () => {
    expectLinear((bytes) => parseStatements(copies("SELECT 'é';", bytes)), MEGABYTE / 16);
  });

  it('comments in a row, which the lexer would read again for each of them, are refused', () => {
    expectLinear((bytes) => expect(() => parseStatements(copies('/**/', bytes, 'SELECT 1'))).toThrow(RangeError));
  });

  it.each([
    ['blanks', ' '],
    ['block comments', '/**/ '],
    ['nested comments', '/*/* x */*/ '],
    ['line comments', '-- x\n'],
  ])('an EXPLAIN with many %s', (_name, unit) => {
    expectLinear((bytes) => {
      const blanks = copies(unit, bytes);
      const text = `EXPLAIN ${blanks} (ANALYZE${blanks}) SELECT 1`;
      const [parsed] = parseStatements(text);
      expect(explainStatement(parsed!.node, text)?.text).toBe('SELECT 1');
    }, MEGABYTE / 16);
  });
});
