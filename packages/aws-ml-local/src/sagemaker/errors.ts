import { AwsError } from '../services/aws-error.js';
import { TrainingFailure } from '../training/training-job.js';

export const validation = (message: string) => new AwsError('ValidationException', 400, message);

/** Most operations say with a ValidationException that something isn't there; `what` as their messages have it. */
export const couldNotFind = (what: string, arn: string) => validation(`Could not find ${what} "${arn}".`);

export const alreadyExists = (what: string, arn: string) =>
  validation(`Cannot create already existing ${what} "${arn}".`);

export const jobExists = (what: string, arn: string) =>
  new AwsError(
    'ResourceInUse',
    400,
    `${what} name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
  );

export const resourceNotFound = (message: string) => new AwsError('ResourceNotFound', 400, message);

/** Why a job or an endpoint failed, in words for its FailureReason. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
}

/** What a failed job says of itself. Errors that nobody has worded may quote data. */
export function failureReason(error: unknown): string {
  if (error instanceof JobFailure || error instanceof TrainingFailure || error instanceof AwsError)
    return error.message;
  return 'InternalServerError: We encountered an internal error. Please try again.';
}
