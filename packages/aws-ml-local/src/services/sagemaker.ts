import { AwsError, constraintMessage } from './aws-error.js';

/** Largest request body of InvokeEndpoint, in bytes. */
export const MAX_ENDPOINT_BODY_BYTES = 6_291_456;
/** The account that error messages name. */
export const ACCOUNT_ID = '111122223333';

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
const MAX_NAME_LENGTH = 63;

export const validationError = (message: string) => new AwsError('ValidationError', 400, message);

/** The error for a name that no endpoint has; a name that none can have breaks a constraint instead. */
export function unknownEndpoint(name: string): AwsError {
  if (name.length > MAX_NAME_LENGTH) {
    const constraint = `Member must have length less than or equal to ${MAX_NAME_LENGTH}`;
    return validationError(constraintMessage('endpointName', constraint, name));
  }
  if (!NAME.test(name)) {
    const constraint = 'Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*';
    return validationError(constraintMessage('endpointName', constraint, name));
  }
  return validationError(`Endpoint ${name} of account ${ACCOUNT_ID} not found.`);
}

/**
 * What SageMaker answers when the model's container answers with an error.
 *
 * @param status the container's HTTP status; 0 when it could not be reached
 * @param original the container's own message, which AWS passes on
 */
export function modelError(endpointName: string, status: number, original: string): AwsError {
  const kind = status >= 400 && status < 500 ? 'client' : 'server';
  const message = `Received ${kind} error (${status}) from primary with message "${original}". See the log group /aws/sagemaker/Endpoints/${endpointName} in account ${ACCOUNT_ID} for more information.`;
  return new AwsError('ModelError', 424, message, {
    OriginalStatusCode: status,
    OriginalMessage: original,
    LogStreamArn: `arn:aws:logs:us-east-1:${ACCOUNT_ID}:log-group:/aws/sagemaker/Endpoints/${endpointName}`,
  });
}
