import { AwsError } from './aws-error.js';

/** Largest request body of InvokeModel, in bytes. */
export const MAX_MODEL_BODY_BYTES = 25_000_000;

export const validationException = (message: string) => new AwsError('ValidationException', 400, message);

export const unknownModel = () => validationException('The provided model identifier is invalid.');

/** The error for a body that the model's schema refuses; `violations` say what is missing, never what was sent. */
export function malformedInput(...violations: readonly string[]): AwsError {
  const details = violations.length === 0 ? '' : `: ${violations.map((violation) => `#: ${violation}`).join('')}`;
  return validationException(`Malformed input request${details}, please reformat your input and try again.`);
}
