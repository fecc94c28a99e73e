import { opensParenthesis, StatementHeads, statementHead } from '../../recognise/statement-head.js';

/** The first argument of `query`: SQL text, a query configuration, or a submittable. */
export type QueryArgument = string | QueryConfig | null | undefined;

export interface QueryConfig {
  readonly text?: unknown;
  readonly name?: unknown;
  readonly query_timeout?: number | undefined;
  readonly submit?: unknown;
  /** pg-query-stream keeps the text here. */
  readonly cursor?: { readonly text?: unknown };
}

/**
 * The SQL text that `query` is to run; undefined where there is none.
 *
 * @param parsedStatements texts of the prepared statements, which a configuration may call by name alone
 */
export function statementText(
  config: QueryArgument,
  parsedStatements: Readonly<Record<string, string>>,
): string | undefined {
  if (typeof config === 'string') return config;
  if (typeof config !== 'object' || config === null) return undefined;
  const { text } = config;
  if (typeof text === 'string') return text;
  if (typeof config.submit === 'function') {
    const cursorText = config.cursor?.text;
    return typeof cursorText === 'string' ? cursorText : undefined;
  }
  return typeof config.name === 'string' ? parsedStatements[config.name] : undefined;
}

/**
 * Whether a statement copies a table rather than the rows of a query. It has no ML calls of its own, and the streams
 * that run it (pg-copy-streams) need the connection itself.
 */
export const copiesTable = (text: string): boolean => copies(text) && !copiesQuery(text);

/** Whether a statement copies the rows of a query: its answer is COPY data, which the connection itself has to bring. */
export function copiesQuery(text: string): boolean {
  const { words, end } = statementHead(text, 1);
  return words[0] === 'copy' && opensParenthesis(text, end);
}

const copies = (text: string): boolean => statementHead(text, 1).words[0] === 'copy';

/** Whether a statement may copy into a table what the client sends: `FROM STDOUT` means the same. */
export const copiesFromClient = (text: string): boolean =>
  copiesTable(text) && /\bstd(?:in|out)\b/i.test(text) && /\bfrom\b/i.test(text);

const evaluating = new StatementHeads(
  ...[
    'select',
    'with',
    'values',
    'table',
    'insert',
    'update',
    'delete',
    'merge',
    'call',
    'execute',
    'explain',
    'fetch',
  ],
);

/** Whether a statement evaluates expressions, so that it may reach an ML function, and has rows for an answer. */
export const evaluates = (text: string): boolean => evaluating.begins(text);
