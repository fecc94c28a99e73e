import { parseText } from './grammar.js';
import { isTooSlowToScan } from './lexing-cost.js';
import { isTooDeepToParse } from './nesting.js';
import { type Node, targetValue } from './node.js';

export interface ParsedStatement {
  readonly node: Node;
  /** The statement's text, without the semicolon that ends it. */
  readonly text: string;
  /** Characters of the whole text before it. */
  readonly start: number;
}

/**
 * The statements of a text, by PostgreSQL's own grammar.
 * @throws libpg-query's SqlError where PostgreSQL itself would report a syntax error.
 * @throws RangeError where the text nests too deeply to be parsed, or would take the lexer too long
 */
export function parseStatements(sql: string): ParsedStatement[] {
  if (isTooSlowToScan(sql)) throw new RangeError('the text has too many comments in a row');
  if (isTooDeepToParse(sql)) throw new RangeError('the text nests too deeply');
  const bytes = Buffer.from(sql, 'utf8');
  const out: ParsedStatement[] = [];
  let before = 0;
  let counted = 0;
  for (const raw of parseText(sql).stmts ?? []) {
    if (raw.stmt === undefined) continue;
    const start = raw.stmt_location ?? 0;
    const end = raw.stmt_len ? start + raw.stmt_len : bytes.length;
    before += charactersOf(bytes.subarray(counted, start));
    counted = start;
    out.push({ node: raw.stmt, text: bytes.subarray(start, end).toString('utf8'), start: before });
  }
  return out;
}

/** The characters of UTF-8: every byte but those that continue one. */
function charactersOf(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

/** Parses one statement. */
export function parseStatement(sql: string): Node {
  const [first, second] = parseStatements(sql);
  if (first === undefined || second !== undefined) throw new Error('one statement expected');
  return first.node;
}

/** Parses an expression. */
export function parseExpression(sql: string): Node {
  const statement = parseStatement(`SELECT ${sql}`);
  const target = 'SelectStmt' in statement ? statement.SelectStmt.targetList?.[0] : undefined;
  const expression = targetValue(target);
  if (expression === undefined) throw new Error('one expression expected');
  return expression;
}
