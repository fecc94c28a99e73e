import { loadParser } from 'pg-rewriter';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyFromText, copyToText } from '../../src/s3/copy-text.js';

beforeAll(() => loadParser());

const refused = (work: () => unknown): { code: string; message: string } => {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('it was accepted');
};

describe('the COPY of an export', () => {
  it.each([
    ['SELECT 1', ''],
    ['SELECT 1 -- one', 'format csv, header true'],
    ['TABLE t', 'format csv, delimiter $$:$$'],
    ["SELECT ';'", '(format csv)'],
    ['INSERT INTO t VALUES (1) RETURNING a', 'format text, force_quote *'],
    ['WITH a AS (SELECT 1) SELECT * FROM a', "format binary, encoding 'WIN1252'"],
  ])('is made of %s and the options %s', (query, options) => {
    const { text } = copyToText({ query, options });
    expect(text).toContain(`COPY (${query}\n) TO STDOUT`);
  });

  it.each([
    ["SELECT 1) TO '/tmp/x' --", ''],
    ["SELECT 1) TO PROGRAM 'sh' --", ''],
    ['SELECT 1) TO STDOUT; DROP TABLE t; COPY (SELECT 1', ''],
    ['SELECT 1', 'format csv) ; DROP TABLE t; SELECT (1'],
    ['SELECT 1', "format csv); COPY t TO PROGRAM 'sh' --"],
    ['SELECT 1', '/*'],
    ['SELECT 1; SELECT 2', ''],
    ['SELECT 1;', ''],
    ['DROP TABLE t', ''],
    ['', ''],
    ['SELEKT 1', ''],
  ])('is refused where it says more: %s, %s', (query, options) => {
    expect(refused(() => copyToText({ query, options })).code).toBe('42601');
  });
});

describe('the COPY of an import', () => {
  it.each([
    ['t', '', '', 'COPY t\n FROM STDIN'],
    ['public.t', 'a, b', '(format csv)', 'COPY public.t\n (a, b\n) FROM STDIN (format csv)\n'],
    ['"T x"', '"a b"', "DELIMITER '|'", 'COPY "T x"\n ("a b"\n) FROM STDIN DELIMITER \'|\'\n'],
    ['t', '', "WITH (format csv, header true, encoding 'WIN1252')", undefined],
    ['t', '', 'CSV HEADER', undefined],
  ])('is made of %s, %s, %s', (table, columns, options, text) => {
    const copy = copyFromText({ table, columns, options });
    if (text !== undefined) expect(copy.text).toBe(text);
  });

  it.each([
    ["t FROM '/etc/passwd' --", '', ''],
    ['t (a)', '', ''],
    ['t FROM STDIN; DROP TABLE t; COPY t', '', ''],
    ['t', 'a) FROM STDIN; DROP TABLE t; COPY t (a', ''],
    ['t', "a) FROM PROGRAM 'sh' --", ''],
    ['t', '', '(format csv) WHERE a > 1'],
    ['t', '', '(format csv); DROP TABLE t'],
    ['t', '', 'nonsense'],
    ['(SELECT 1)', '', ''],
  ])('is refused where it says more: %s, %s, %s', (table, columns, options) => {
    expect(refused(() => copyFromText({ table, columns, options })).code).toMatch(/^4260[12]$/);
  });
});
