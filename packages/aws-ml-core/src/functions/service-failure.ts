import { AwsMlError, type AwsMlErrorCode } from '../errors.js';
import type { MlFunctionName } from '../ml-function.js';
import type { MlTarget } from '../ml-service.js';
import { classifyFailure, type SdkError } from '../transport/classify-failure.js';
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
  /** In place of the code's own. */
  readonly hint?: string | undefined;
}

const sentences: Record<AwsMlErrorCode, (service: string, target: string) => string> = {
  ABORTED: () => 'the call was aborted',
  ACCESS_DENIED: (service, target) => `${service} denied the request for ${target}`,
  BUDGET_EXCEEDED: () => 'the next request would exceed the budget',
  CONFIGURATION: (service) => `the connection to ${service} is not configured`,
  CREDENTIALS: (service) => `there are no valid AWS credentials for ${service}`,
  ENDPOINT_NOT_FOUND: (service, target) => `${service} has no ${target}`,
  INFERENCE_PROFILE_REQUIRED: (service, target) => `${service} runs ${target} only through an inference profile`,
  INVALID_INPUT: (service, target) => `${service} does not accept the input for ${target}`,
  INVALID_RESPONSE: (service, target) => `the answer of ${service} for ${target} cannot be used`,
  MODEL_ACCESS_DENIED: (service, target) => `the AWS account has no access to ${target} of ${service}`,
  MODEL_ERROR: (service, target) => `${target} of ${service} failed`,
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
  TOO_MANY_TOKENS: (_, target) => `an input is longer than ${target} accepts`,
  UNSUPPORTED_LANGUAGE: (service, target) => `${service} does not support ${target}`,
};

const hints: Partial<Record<AwsMlErrorCode, (context: FailureContext) => string>> = {
  ACCESS_DENIED: (context) => `Allow ${definitions[context.function].actions} for the AWS identity in use.`,
  BUDGET_EXCEEDED: () => 'Raise the budget, or make fewer calls in the statement.',
  CONFIGURATION: () => 'Set AWS_REGION or the option region, and check the option endpoints.',
  CREDENTIALS: () => 'Check the AWS credentials: environment variables, profile, or the role of this machine.',
  ENDPOINT_NOT_FOUND: () => "Check the endpoint's name, the region and the account.",
  INFERENCE_PROFILE_REQUIRED: () =>
    'Use the ID or ARN of an inference profile as model_id, such as "us.anthropic.…" or "eu.anthropic.…"; aws bedrock list-inference-profiles lists them.',
  MODEL_ACCESS_DENIED: () => 'Request access to the model in the Amazon Bedrock console, for this account and region.',
  MODEL_NOT_FOUND: () =>
    'Check the model ID, and that the region offers the model: aws bedrock list-foundation-models.',
  NETWORK: () => 'Check the region, the endpoint, and the network: DNS, proxy, firewall.',
  PAYLOAD_TOO_LARGE: () => 'Send less per row, or set a smaller max_rows_per_batch.',
  SERVICE_UNAVAILABLE: () => 'Try again later.',
  TEXT_TOO_LONG: () => 'Shorten the text, for example with left(); the limit counts bytes, not characters.',
  THROTTLED: () => 'Lower maxConcurrency, or ask AWS for a higher quota.',
  TOO_MANY_TOKENS: () => 'Shorten the input, or split it into parts; the documentation of the model names its limit.',
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
    hint: facts.hint ?? hints[code]?.(context),
  });
}

/** The argument that is refused, and of which call; rows are counted as they come. */
export const argumentOf = (name: string, call: number | undefined): string =>
  call === undefined ? name : `${name} of call ${call}`;

/** Where a request went, as far as that is known. */
export interface RequestPlace {
  readonly region: string | undefined;
  readonly server: { readonly address: string; readonly port: number | undefined } | undefined;
}

/** Turns whatever the SDK threw into an AwsMlError, without its message. */
export function failureOfSdk(
  thrown: unknown,
  context: FailureContext,
  attempts: number,
  place: RequestPlace,
): AwsMlError {
  if (thrown instanceof AwsMlError) return thrown;
  const { code, error, facts } = classifyFailure(thrown);
  return failure(code, context, {
    awsErrorCode: safeAwsErrorCode(error),
    requestId: safeRequestId(error.$metadata?.requestId),
    httpStatus: error.$metadata?.httpStatusCode,
    attempts: Math.max(error.$metadata?.attempts ?? 0, attempts),
    facts: facts ?? factsOfPlace(code, error, place),
    hint: isUnknownHost(error) ? UNKNOWN_HOST_HINT : undefined,
  });
}

const UNKNOWN_HOST_HINT = 'Check that the region exists and offers the service; then DNS and network.';

const isUnknownHost = ({ code }: SdkError): boolean => code === 'ENOTFOUND' || code === 'EAI_AGAIN';

/** What somebody needs who looks in the wrong place: a region that doesn't exist has a host like any other. */
function factsOfPlace(code: AwsMlErrorCode, error: SdkError, { region, server }: RequestPlace): string | undefined {
  const inRegion = region === undefined ? '' : ` (region ${region})`;
  if (code === 'NETWORK' || (code === 'TIMEOUT' && server !== undefined)) {
    if (server === undefined) return region === undefined ? undefined : `The region is ${region}.`;
    const host = server.port === undefined ? server.address : `${server.address}:${server.port}`;
    if (isUnknownHost(error)) return `There is no host ${host}${inRegion}.`;
    return `The host is ${host}${inRegion}.`;
  }
  const depends = code === 'ENDPOINT_NOT_FOUND' || code === 'MODEL_NOT_FOUND' || code === 'MODEL_ACCESS_DENIED';
  return depends && region !== undefined ? `The region is ${region}.` : undefined;
}
