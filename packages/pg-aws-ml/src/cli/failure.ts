import { describeError } from './output/error-text.js';

/** psql's. */
export const exitCodes = { fine: 0, fatal: 1, noConnection: 2, statementFailed: 3 } as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure before the first statement, or of the program's own: a wrong option, no such file. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** The server cannot be reached, or is gone. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
}

/** A statement that failed, with its text: the server's position counts from its start. */
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';

  constructor(
    override readonly cause: unknown,
    readonly sql: string,
  ) {
    super('a statement failed');
  }
}

/** Prints a failure as psql does, without a stack, and says how to exit. */
export function reportFailure(error: unknown): ExitCode {
  if (error instanceof StatementFailure) {
    process.stderr.write(`${describeError(error.cause, error.sql)}\n`);
    const { severity } = error.cause as { severity?: string };
    return severity === 'FATAL' || severity === 'PANIC' ? exitCodes.noConnection : exitCodes.statementFailed;
  }
  process.stderr.write(`pg-aws-ml: ${describeError(error)}\n`);
  return error instanceof ConnectionFailure ? exitCodes.noConnection : exitCodes.fatal;
}
