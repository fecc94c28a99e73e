import { loadModule, parseSync } from 'libpg-query';
import { isTooDeepToParse } from './nesting.js';
import { type Node, targetValue } from './node.js';

/** Loads the parser (WebAssembly). To be awaited once before anything else of this package. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

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
 * @throws RangeError where the text nests too deeply to be parsed
 */
export function parseStatements(sql: string): ParsedStatement[] {
  if (isTooDeepToParse(sql)) throw new RangeError('the text nests too deeply');
  const bytes = Buffer.from(sql, 'utf8');
  const out: ParsedStatement[] = [];
  for (const raw of parseSync(sql).stmts ?? []) {
    if (raw.stmt === undefined) continue;
    const start = raw.stmt_location ?? 0;
    const end = raw.stmt_len ? start + raw.stmt_len : bytes.length;
    const before = [...bytes.subarray(0, start).toString('utf8')].length;
    out.push({ node: raw.stmt, text: bytes.subarray(start, end).toString('utf8'), start: before });
  }
  return out;
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
