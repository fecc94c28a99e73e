import { tokensOf } from './grammar.js';
import { isTooSlowToScan } from './lexing-cost.js';

/** Words that are no names of functions any more, by the version of PostgreSQL that has made them keywords. */
const LATER_WORDS: ReadonlyMap<string, number> = new Map([
  ['json_array', 16],
  ['json_arrayagg', 16],
  ['json_object', 16],
  ['json_objectagg', 16],
  ['system_user', 16],
  ['json_exists', 17],
  ['json_query', 17],
  ['json_scalar', 17],
  ['json_serialize', 17],
  ['json_table', 17],
  ['json_value', 17],
  ['merge_action', 17],
]);

const MAY_HOLD = /json_|system_user|merge_action/i;

/**
 * The text as PostgreSQL of an earlier version reads it: quotes the names that later grammars take for keywords. Nothing
 * else of it changes; the same text where there are none, or where the lexer refuses it.
 *
 * @param version the server's major version; undefined where it is not known
 */
export function withLaterWordsQuoted(sql: string, version: number | undefined): string {
  if (version === undefined || version >= 17 || !MAY_HOLD.test(sql) || isTooSlowToScan(sql)) return sql;
  const bytes = Buffer.from(sql, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end } of readableTokens(sql)) {
    const word = bytes.subarray(start, end).toString('utf8').toLowerCase();
    if ((LATER_WORDS.get(word) ?? 0) <= version) continue;
    parts.push(bytes.subarray(from, start), Buffer.from(`"${word}"`));
    from = end;
  }
  return parts.length === 0 ? sql : Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8');
}

function readableTokens(sql: string): readonly { readonly start: number; readonly end: number }[] {
  try {
    return tokensOf(sql);
  } catch {
    return [];
  }
}
