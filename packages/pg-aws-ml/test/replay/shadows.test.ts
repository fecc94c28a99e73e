import { deparse, loadParser, parseStatement } from 'pg-rewriter';
import { beforeAll, describe, expect, it } from 'vitest';
import { MlMentions } from '../../src/replay/ml-mentions.js';
import { shadowOf } from '../../src/replay/shadows/shadow-of.js';
import { aliasName } from '../../src/stubs/names.js';

const none = new Set<string>();
const names = new Set(['detect_sentiment']);
const ml = new MlMentions({ names, rowFunctions: none, operators: none, types: none });
const call = (text: string) => `aws_comprehend.detect_sentiment(${text}, 'en')`;
const source = `(SELECT r.id, s.sentiment FROM raw AS r, LATERAL ${call('r.body')} AS s) AS s`;

const shadow = (sql: string): string | undefined => {
  const node = shadowOf(parseStatement(sql), ml);
  return node === undefined
    ? undefined
    : deparse(node).replace(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')');
};

describe('the shadow of a statement', () => {
  beforeAll(() => loadParser());

  it.each([
    [
      'columns that are assigned from a call in FROM',
      `UPDATE t SET mood = s.sentiment, seen = true FROM raw AS r, LATERAL ${call('r.body')} AS s WHERE r.id = t.id`,
      `SELECT s.sentiment, true FROM t, raw AS r, LATERAL ${call('r.body')} AS s WHERE r.id = t.id`,
    ],
    [
      'columns alone of expressions that call other functions',
      `UPDATE t SET mood = upper(s.sentiment), n = nextval('q') FROM ${source} WHERE s.id = t.id`,
      `SELECT s.sentiment FROM t, ${source} WHERE s.id = t.id`,
    ],
    [
      'nothing of an expression that may not need its columns and calls other functions',
      `UPDATE t SET mood = CASE WHEN t.a THEN upper(s.sentiment) END FROM ${source} WHERE s.id = t.id`,
      `SELECT 1 FROM t, ${source} WHERE s.id = t.id`,
    ],
    [
      'columns that are assigned from WITH',
      `WITH s AS (SELECT id, (${call('body')}).sentiment FROM raw) UPDATE t SET mood = s.sentiment FROM s WHERE s.id = t.id`,
      `WITH s AS (SELECT id, (${call('body')}).sentiment FROM raw) SELECT s.sentiment FROM t, s WHERE s.id = t.id`,
    ],
    [
      'a row that a sub-select assigns',
      `UPDATE t SET (mood, sure) = (SELECT s.sentiment, s.confidence FROM ${call('body')} AS s) WHERE id > 3`,
      `SELECT ${aliasName('row_1')}.* FROM t, LATERAL (SELECT s.sentiment, s.confidence FROM ${call('body')} AS s) AS ` +
        `${aliasName('row_1')}(${aliasName('column_1')}, ${aliasName('column_2')}) WHERE id > 3`,
    ],
    [
      'columns of the source of a MERGE',
      `MERGE INTO t USING ${source} ON s.id = t.id WHEN MATCHED THEN UPDATE SET mood = s.sentiment`,
      `SELECT CASE WHEN t.ctid IS NOT NULL THEN num_nulls(s.sentiment) END FROM ${source} JOIN t ON s.id = t.id`,
    ],
  ])('reads %s', (_, sql, expected) => {
    expect(shadow(sql)).toBe(expected);
  });

  it('is none where a row comes from more than one call', () => {
    const limited = `(SELECT s.sentiment, s.confidence FROM raw, LATERAL ${call('raw.body')} AS s LIMIT 1)`;
    expect(shadow(`UPDATE t SET (mood, sure) = ${limited}`)).toBeUndefined();
  });
});
