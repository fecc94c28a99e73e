import { AwsMlError, type AwsMlErrorCode } from '../errors.js';
import type { MlFunctionName } from '../ml-function.js';
import type { MlTarget } from '../ml-service.js';
import { classifyFailure } from '../transport/classify-failure.js';
import { safeAwsErrorCode, safeRequestId } from '../transport/safe-names.js';
import { definitions } from './definitions.js';
import { safeTargetName } from './safe-target.js';

/** Whom a failure concerns. */
export interface FailureContext {
  readonly function: MlFunctionName;
  readonly target: MlTarget;
}

/** What is known of a failure beside its code; everything in it is checked to be a name, a number or an ARN. */
export interface FailureFacts {
  readonly awsErrorCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly attempts?: number | undefined;
  readonly facts?: string | undefined;
}

const sentences: Record<AwsMlErrorCode, (service: string, target: string) => string> = {
  ABORTED: () => 'the call was aborted',
  ACCESS_DENIED: (service, target) => `${service} denied the request for ${target}`,
  BUDGET_EXCEEDED: () => 'the next request would exceed the budget',
  CONFIGURATION: (service) => `the connection to ${service} is not configured`,
  CREDENTIALS: (service) => `there are no valid AWS credentials for ${service}`,
  ENDPOINT_NOT_FOUND: (service, target) => `${service} has no ${target}`,
  INVALID_INPUT: (service, target) => `${service} refused the input for ${target}`,
  INVALID_RESPONSE: (service, target) => `${service} gave an answer for ${target} that cannot be used`,
  MODEL_ERROR: (service, target) => `the model of ${service} failed for ${target}`,
  MODEL_NOT_FOUND: (service, target) => `${service} has no ${target}`,
  MODEL_NOT_READY: (service, target) => `${target} of ${service} is not ready`,
  NETWORK: (service) => `${service} could not be reached`,
  NULL_ARGUMENT: () => 'an argument must not be null',
  PAYLOAD_TOO_LARGE: (service, target) => `an input is larger than ${service} accepts for ${target}`,
  QUOTA_EXCEEDED: (service, target) => `a quota of ${service} for ${target} is used up`,
  SERVICE_ERROR: (service) => `${service} answered with an error`,
  SERVICE_UNAVAILABLE: (service) => `${service} is not available`,
  TEXT_TOO_LONG: (service) => `a text is longer than the 5,000 UTF-8 bytes that ${service} accepts`,
  THROTTLED: (service, target) => `${service} throttled the requests for ${target}`,
  TIMEOUT: (service, target) => `${service} did not answer in time for ${target}`,
  UNSUPPORTED_LANGUAGE: (service, target) => `${service} does not support ${target}`,
};

const hints: Partial<Record<AwsMlErrorCode, (context: FailureContext) => string>> = {
  ACCESS_DENIED: (context) => `Allow ${definitions[context.function].actions} to the AWS identity in use.`,
  BUDGET_EXCEEDED: () => 'Raise the budget, or let the statement need fewer calls.',
  CONFIGURATION: () => 'Set AWS_REGION or the region option, and check the endpoint.',
  CREDENTIALS: () => 'Check the AWS credentials: environment variables, profile, or the role of this machine.',
  ENDPOINT_NOT_FOUND: () => 'Check the name, the region and the account.',
  MODEL_NOT_FOUND: () => 'Check the model id, the region, and that the account has access to the model.',
  NETWORK: () => 'Check the network, the region and the endpoint of the service.',
  PAYLOAD_TOO_LARGE: () => 'Send less per row, or a smaller max_rows_per_batch.',
  TEXT_TOO_LONG: () => 'Shorten the text, for example with left(); the limit counts bytes, not characters.',
  THROTTLED: () => 'Lower maxConcurrency, or ask AWS for a higher quota.',
};

/** A failure of a call, in words of our own. */
export function failure(code: AwsMlErrorCode, context: FailureContext, facts: FailureFacts = {}): AwsMlError {
  const { serviceName, target } = definitions[context.function];
  const name = safeTargetName(context.function, context.target.name);
  const targetText = name === undefined ? `the ${target.kind}` : `${target.kind} "${name}"`;
  return new AwsMlError({
    ...facts,
    code,
    function: context.function,
    target: name,
    message: `${context.function}: ${sentences[code](serviceName, targetText)}`,
    hint: hints[code]?.(context),
  });
}

/** Turns whatever the SDK threw into an AwsMlError, without its message. */
export function failureOfSdk(thrown: unknown, context: FailureContext, attempts: number): AwsMlError {
  if (thrown instanceof AwsMlError) return thrown;
  const { code, error, facts } = classifyFailure(thrown);
  return failure(code, context, {
    awsErrorCode: safeAwsErrorCode(error),
    requestId: safeRequestId(error.$metadata?.requestId),
    httpStatus: error.$metadata?.httpStatusCode,
    attempts: Math.max(error.$metadata?.attempts ?? 0, attempts),
    facts,
  });
}
