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

const copyOfTable = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*copy\b(?!(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*\()/i;
const copyOfQuery = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*copy(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*\(/i;

/**
 * Whether a statement copies a table rather than the rows of a query. It has no ML calls of its own, and the streams
 * that run it (pg-copy-streams) need the connection itself.
 */
export function copiesTable(text: string): boolean {
  return copyOfTable.test(text);
}

/** Whether a statement copies the rows of a query: its answer is COPY data, which the connection itself has to bring. */
export function copiesQuery(text: string): boolean {
  return copyOfQuery.test(text);
}

/** Whether a statement may copy into a table what the client sends. */
export function copiesFromClient(text: string): boolean {
  return copyOfTable.test(text) && /\bfrom\s+stdin\b/i.test(text);
}

const evaluating =
  /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(?:select|with|values|table|insert|update|delete|merge|call|execute|explain|fetch)\b/i;

/** Whether a statement evaluates expressions, so that it may reach an ML function, and has rows for an answer. */
export function evaluates(text: string): boolean {
  return evaluating.test(text);
}
