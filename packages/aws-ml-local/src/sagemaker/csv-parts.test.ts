import { describe, expect, it } from 'vitest';
import { firstRecord, joinCsv } from './csv-parts.js';

const join = (header: boolean, ...files: string[]) =>
  joinCsv(
    files.map((file) => Buffer.from(file)),
    header,
  ).toString();

describe('CSV files as one', () => {
  it('keeps one header', () => {
    expect(join(true, 'a,b\n1,2\n', 'a,b\r\n3,4', 'a,b\n')).toBe('a,b\n1,2\n3,4\n');
  });

  it('keeps a first row that is no header', () => {
    expect(join(true, 'a,b\n1,2\n', '3,4\n')).toBe('a,b\n1,2\n3,4\n');
    expect(join(false, '1,2\n', '1,2\n')).toBe('1,2\n1,2\n');
  });

  it('drops byte order marks and empty files', () => {
    expect(join(true, '\uFEFFa\n1\n', '', '\uFEFFa\n2\n')).toBe('a\n1\n2\n');
  });

  it('ends no record at a newline in quotes', () => {
    expect(firstRecord(Buffer.from('"a\n""b",c\n1,2\n')).toString()).toBe('"a\n""b",c\n');
  });
});
