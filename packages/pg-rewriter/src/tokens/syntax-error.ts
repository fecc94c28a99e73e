/** What is wrong with a statement that PostgreSQL's grammar doesn't know, in the fields of PostgreSQL's errors. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  /** SQLSTATE. */
  readonly code: string;
  /** Where in the text, in characters from 1 as PostgreSQL counts them. */
  readonly position: number;
  readonly hint: string | undefined;

  constructor(code: string, message: string, position: number, hint?: string) {
    super(message);
    this.code = code;
    this.position = position;
    this.hint = hint;
  }
}

export const syntaxError = (message: string, position: number, hint?: string): StatementError =>
  new StatementError('42601', message, position, hint);

/** For a value that is well written, and out of range or unknown. */
export const invalidValue = (message: string, position: number, hint?: string): StatementError =>
  new StatementError('22023', message, position, hint);

export const notSupported = (message: string, position: number, hint?: string): StatementError =>
  new StatementError('0A000', message, position, hint);
