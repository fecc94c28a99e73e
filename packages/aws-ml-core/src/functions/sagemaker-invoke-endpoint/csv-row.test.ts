import { describe, expect, it } from 'vitest';
import { csvRow, parseCsvRows } from './csv-row.js';

describe('csvRow', () => {
  it.each([
    [['1', '2.5', 'word'], '1,2.5,word'],
    [['a', null, 'b'], 'a,,b'],
    [[null, null], ','],
    [['a,b', 'say "x"', 'two\nlines', 'cr\rhere'], '"a,b","say ""x""","two\nlines","cr\rhere"'],
    [['two words', ' ends '], 'two words," ends "'],
    [['=1+1', '-1'], '=1+1,-1'],
  ])('writes %j as %j', (fields, row) => {
    expect(csvRow(fields)).toBe(row);
  });

  it.each([[[null]], [['']], [[]]])('writes %j so that no reader takes it for a blank line', (fields) => {
    expect(csvRow(fields)).toBe('""');
  });
});

describe('csvRow and parseCsvRows', () => {
  const nasty = [
    '',
    ' ',
    ',',
    '"',
    '""',
    '\n',
    '\r\n',
    '\r',
    'a"b',
    "'",
    '\\',
    '\t',
    'ünï 😀',
    '\uFEFFx',
    '{1,2}',
    'NULL',
  ];
  const rows = nasty.flatMap((left) => nasty.map((right) => [left, right]));

  it.each(['\n', '\r\n'])('agree on every field with the line end %j, ended or not', (lineEnd) => {
    const text = rows.map(csvRow).join(lineEnd);
    // Papa Parse needs one kind of line end outside of quotes; inside there may be any.
    expect(parseCsvRows(text)).toEqual(rows);
    expect(parseCsvRows(text + lineEnd)).toEqual(rows);
  });
});

describe('parseCsvRows', () => {
  it.each([
    ['', []],
    ['a', [['a']]],
    ['a\n', [['a']]],
    ['a\n\n', [['a'], ['']]],
    [
      '"x\ny",1\nz,2',
      [
        ['x\ny', '1'],
        ['z', '2'],
      ],
    ],
    ['"x\r\ny"\nz', [['x\r\ny'], ['z']]],
    ['"x\ny"\r\nz\r\n', [['x\ny'], ['z']]],
    ['a;b\nc;d', [['a;b'], ['c;d']]],
    ['a\rb\nc', [['a\rb'], ['c']]],
  ])('reads %j', (text, rows) => {
    expect(parseCsvRows(text)).toEqual(rows);
  });

  it.each(['"open', '"a"b,c'])('rejects %j', (text) => {
    expect(parseCsvRows(text)).toBeUndefined();
  });
});
