/**
 * An error as a service answers it. `code` is the name SDK clients see (`error.name` in JavaScript, `Error.Code` in
 * boto3), `status` the HTTP status. `message` must never contain the text of an input.
 *
 * Thrown by a function of the configuration (`predict`, `respond`, `text`, `embed`), it is the answer; what else these
 * throw becomes a ModelError or ModelErrorException that doesn't repeat it.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    /** Further members of the error's documented shape, e.g. SageMaker's OriginalStatusCode. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The text AWS gives when a member of a request breaks a constraint of the service's model. */
export function constraintMessage(member: string, constraint: string, value?: string): string {
  const shown = value === undefined ? '' : ` '${value}'`;
  return `1 validation error detected: Value${shown} at '${member}' failed to satisfy constraint: ${constraint}`;
}
