import { ConfigurationError } from 'aws-ml-options';
import { describeError } from './output/error-text.js';

export const exitCodes = { fine: 0, failed: 1, noStart: 2 } as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure before the first statement: no connection, no file. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
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
    return exitCodes.failed;
  }
  process.stderr.write(`pg-aws-ml: ${describeError(error)}\n`);
  return error instanceof StartFailure || error instanceof ConfigurationError ? exitCodes.noStart : exitCodes.failed;
}
