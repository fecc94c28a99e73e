/** What errors of the server carry beside their message. */
interface ServerError {
  readonly severity?: string;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Characters from the start of the statement, counted from 1. */
  readonly position?: string;
}

/** An error in psql's form: severity, SQLSTATE and message, the line with a caret, DETAIL, HINT. */
export function describeError(error: unknown, sql?: string): string {
  if (error instanceof AggregateError && error.message === '') return describeError(error.errors[0], sql);
  const { severity, code, message, detail, hint, position }: ServerError =
    typeof error === 'object' && error !== null ? error : { message: String(error) };
  if (severity === undefined) return message ?? String(error);
  const lines = [`${severity}:  ${code === undefined ? '' : `${code}: `}${message}`];
  if (sql !== undefined && position !== undefined) lines.push(...pointAt(sql, Number(position)));
  if (detail !== undefined) lines.push(`DETAIL:  ${detail}`);
  if (hint !== undefined) lines.push(`HINT:  ${hint}`);
  return lines.join('\n');
}

function pointAt(sql: string, position: number): string[] {
  // The server counts characters, not UTF-16 units.
  const before = [...sql].slice(0, position - 1).join('');
  const number = before.split('\n').length;
  const line = sql.split('\n')[number - 1];
  if (line === undefined) return [];
  const label = `LINE ${number}: `;
  const column = before.length - (before.lastIndexOf('\n') + 1);
  return [`${label}${line.replaceAll('\t', ' ')}`, `${' '.repeat(label.length + column)}^`];
}
