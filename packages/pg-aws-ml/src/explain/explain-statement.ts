import type { Node } from 'pg-rewriter';

export type ExplainFormat = 'text' | 'json' | 'xml' | 'yaml';

/** An EXPLAIN, cut where its options end. */
export interface ExplainStatement {
  /** The statement that is explained. */
  readonly query: Node;
  /** `EXPLAIN (…) ` as the application wrote it. */
  readonly prefix: string;
  /** The text of the statement that is explained. */
  readonly text: string;
  readonly analyze: boolean;
  readonly verbose: boolean;
  /** Whether estimates are shown. */
  readonly costs: boolean;
  readonly format: ExplainFormat;
}

/** @returns undefined where the node is no EXPLAIN of a statement */
export function explainStatement(node: Node, text: string): ExplainStatement | undefined {
  if (!('ExplainStmt' in node) || node.ExplainStmt.query === undefined) return undefined;
  const { query, options = [] } = node.ExplainStmt;
  const given = new Map<string, string>();
  // As in PostgreSQL the last of several counts.
  for (const option of options) {
    if ('DefElem' in option) given.set(option.DefElem.defname ?? '', optionValue(option.DefElem.arg));
  }
  const end = endOfOptions(text, options.length > 0);
  return {
    query,
    prefix: text.slice(0, end),
    text: text.slice(end),
    analyze: isOn(given.get('analyze')),
    verbose: isOn(given.get('verbose')),
    costs: isOn(given.get('costs') ?? 'on'),
    format: (given.get('format') ?? 'text') as ExplainFormat,
  };
}

function optionValue(arg: Node | undefined): string {
  if (arg === undefined) return 'true';
  if ('String' in arg) return arg.String.sval ?? '';
  return 'Integer' in arg ? String(arg.Integer.ival ?? 0) : '';
}

const isOn = (value: string | undefined): boolean =>
  value !== undefined && ['true', 'on', '1'].includes(value.toLowerCase());

const SPACE = /(?:\s|--[^\n]*(?:\n|$))*/y;
const WORD = /explain|analy[sz]e|verbose/iy;
const OPTION_TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"()]/y;

/** Where the explained statement begins. The text has been parsed, so it is known to be well-formed. */
function endOfOptions(text: string, hasOptions: boolean): number {
  let at = skipWord(text, skipSpace(text, 0));
  at = skipSpace(text, at);
  if (!hasOptions) return at;
  if (text[at] === '(') return skipSpace(text, skipParentheses(text, at));
  for (let next = skipWord(text, at); next !== at; next = skipWord(text, at)) at = skipSpace(text, next);
  return at;
}

function skipWord(text: string, at: number): number {
  WORD.lastIndex = at;
  return at + (WORD.exec(text)?.[0].length ?? 0);
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    if (!text.startsWith('/*', at)) return at;
    at = skipComment(text, at);
  }
}

/** Comments nest. */
function skipComment(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    if (text.startsWith('/*', at)) depth += 1;
    else if (text.startsWith('*/', at)) depth -= 1;
    else {
      at += 1;
      continue;
    }
    at += 2;
  } while (depth > 0 && at < text.length);
  return at;
}

function skipParentheses(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== ')') {
    at = skipSpace(text, at);
    OPTION_TOKEN.lastIndex = at;
    at += OPTION_TOKEN.exec(text)?.[0].length ?? 0;
  }
  return at + 1;
}
