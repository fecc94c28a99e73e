import { type Node, tokensOf } from 'pg-rewriter';

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

/**
 * Where the explained statement begins, by PostgreSQL's own lexer. The text has been parsed, so it is known to be
 * well-formed.
 */
function endOfOptions(text: string, hasOptions: boolean): number {
  const bytes = Buffer.from(text, 'utf8');
  const tokens = tokensOf(text);
  const begin = tokens.findIndex((token) => token.text.toLowerCase() === 'explain') + 1;
  const next = hasOptions ? afterOptions(tokens, begin) : begin;
  return bytes.subarray(0, tokens[next]?.start).toString('utf8').length;
}

const WORDS = new Set(['analyze', 'analyse', 'verbose']);

/** The index of the token after `(…)`, or after words. */
function afterOptions(tokens: readonly { readonly text: string }[], begin: number): number {
  let next = begin;
  if (tokens[begin]?.text === '(') {
    let depth = 0;
    do {
      if (tokens[next]?.text === '(') depth += 1;
      if (tokens[next]?.text === ')') depth -= 1;
      next += 1;
    } while (depth > 0 && next < tokens.length);
    return next;
  }
  while (WORDS.has(tokens[next]?.text.toLowerCase() ?? '')) next += 1;
  return next;
}
