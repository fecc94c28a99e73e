import type { AwsMlErrorCode } from '../errors.js';
import { safeArn } from './safe-names.js';

/** What the SDK, Node and smithy put on the errors they throw. */
export interface SdkError {
  readonly name?: string;
  readonly message?: string;
  /** Node's code of a system error. */
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
  readonly $response?: unknown;
  readonly cause?: unknown;
  readonly OriginalStatusCode?: number;
  readonly LogStreamArn?: string;
}

export interface ClassifiedFailure {
  readonly code: AwsMlErrorCode;
  readonly error: SdkError;
  readonly facts: string | undefined;
}

/** Names of the services' errors, as their API references list them, and of the credential and signature errors. */
const codeByName: Readonly<Record<string, AwsMlErrorCode>> = {
  AbortError: 'ABORTED',
  AccessDenied: 'ACCESS_DENIED',
  AccessDeniedException: 'ACCESS_DENIED',
  BatchSizeLimitExceededException: 'PAYLOAD_TOO_LARGE',
  CredentialsProviderError: 'CREDENTIALS',
  ExpiredToken: 'CREDENTIALS',
  ExpiredTokenException: 'CREDENTIALS',
  IncompleteSignatureException: 'CREDENTIALS',
  InternalDependencyException: 'SERVICE_UNAVAILABLE',
  InternalFailure: 'SERVICE_UNAVAILABLE',
  InternalServerException: 'SERVICE_UNAVAILABLE',
  InvalidClientTokenId: 'CREDENTIALS',
  InvalidRequestException: 'INVALID_INPUT',
  InvalidSignatureException: 'CREDENTIALS',
  MissingAuthenticationToken: 'CREDENTIALS',
  MissingAuthenticationTokenException: 'CREDENTIALS',
  ModelError: 'MODEL_ERROR',
  ModelErrorException: 'MODEL_ERROR',
  ModelNotReadyException: 'MODEL_NOT_READY',
  ModelTimeoutException: 'TIMEOUT',
  RequestEntityTooLargeException: 'PAYLOAD_TOO_LARGE',
  ResourceNotFoundException: 'MODEL_NOT_FOUND',
  ServiceQuotaExceededException: 'QUOTA_EXCEEDED',
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
  ServiceUnavailableException: 'SERVICE_UNAVAILABLE',
  SignatureDoesNotMatch: 'CREDENTIALS',
  SyntaxError: 'INVALID_RESPONSE',
  TextSizeLimitExceededException: 'TEXT_TOO_LONG',
  TokenProviderError: 'CREDENTIALS',
  UnrecognizedClientException: 'CREDENTIALS',
  UnsupportedLanguageException: 'UNSUPPORTED_LANGUAGE',
  ValidationError: 'INVALID_INPUT',
  ValidationException: 'INVALID_INPUT',
};

const throttlingNames: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

const networkCodes =
  /^(ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|E(HOST|NET)UNREACH|ERR_HTTP2_\w+|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

export function isThrottling(thrown: unknown): boolean {
  const error = asSdkError(thrown);
  return (
    throttlingNames.has(error.name ?? '') ||
    (error.$metadata?.httpStatusCode === 429 && error.name !== 'ModelNotReadyException')
  );
}

export function classifyFailure(thrown: unknown): ClassifiedFailure {
  const error = asSdkError(thrown);
  return { code: codeOf(error, thrown), error, facts: factsOf(error) };
}

function asSdkError(thrown: unknown): SdkError {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}

function codeOf(error: SdkError, thrown: unknown): AwsMlErrorCode {
  if (isThrottling(thrown)) return 'THROTTLED';
  const status = error.$metadata?.httpStatusCode;
  // What the SDK could not read carries the parser's error: a 200, or the HTML of a proxy before the service.
  if (status !== undefined && status < 300) return 'INVALID_RESPONSE';
  if (status !== undefined && error.name === 'SyntaxError') return codeOfStatus(status);
  const byMessage = codeByMessage(error);
  if (byMessage !== undefined) return byMessage;
  const byName = codeByName[error.name ?? ''];
  if (byName !== undefined) return byName;
  if (error.code !== undefined && networkCodes.test(error.code)) return 'NETWORK';
  if (error.name === 'TimeoutError' || error.code === 'ETIMEDOUT') return 'TIMEOUT';
  if (status === undefined) return isHttp2Failure(error) ? 'NETWORK' : 'SERVICE_ERROR';
  return codeOfStatus(status);
}

function codeOfStatus(status: number): AwsMlErrorCode {
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 401 || status === 403) return 'ACCESS_DENIED';
  return status >= 500 ? 'SERVICE_UNAVAILABLE' : 'SERVICE_ERROR';
}

/** As models of Amazon, Anthropic and Cohere say it. */
const tooManyTokens =
  /Too many input tokens|^Input is too long for requested model|prompt is too long: \d+ tokens|exceed context limit: \d|#\/(texts|inputText)\S*: expected maxLength: \d/;

/** Where the services give one error name to several causes, only the message tells them apart. */
function codeByMessage(error: SdkError): AwsMlErrorCode | undefined {
  const message = error.message ?? '';
  switch (error.name) {
    case 'ValidationError':
    case 'ValidationException':
      if (/^Endpoint \S+ of account \d+ not found/.test(message)) return 'ENDPOINT_NOT_FOUND';
      if (/^The provided model identifier is invalid/.test(message)) return 'MODEL_NOT_FOUND';
      if (/with on-demand throughput isn.t supported/.test(message)) return 'INFERENCE_PROFILE_REQUIRED';
      if (tooManyTokens.test(message)) return 'TOO_MANY_TOKENS';
      if (/'body' failed to satisfy constraint: Member must have length less than/.test(message))
        return 'PAYLOAD_TOO_LARGE';
      return undefined;
    case 'AccessDeniedException':
      return /^You don.t have access to the model/.test(message) ? 'MODEL_ACCESS_DENIED' : undefined;
    case 'ResourceNotFoundException':
      return /^Model use case details have not been submitted/.test(message) ? 'MODEL_ACCESS_DENIED' : undefined;
    case 'Error':
    case 'TypeError':
      return /^(Region is missing|Invalid URL|Endpoint is missing)/.test(message) ? 'CONFIGURATION' : undefined;
    case 'ModelError':
      return error.OriginalStatusCode === 413 ? 'PAYLOAD_TOO_LARGE' : undefined;
    default:
      return undefined;
  }
}

/** The SDK's HTTP/2 handler reports a lost session by a plain Error. */
function isHttp2Failure(error: SdkError): boolean {
  return /http2 request did not get a response|HTTP\/2 stream is abnormally aborted|socket hang up/i.test(
    error.message ?? '',
  );
}

/** What an operator needs from AWS's messages and cannot be the customer's text: statuses, ARNs, action names. */
function factsOf(error: SdkError): string | undefined {
  if (error.name === 'ModelError' && typeof error.OriginalStatusCode === 'number') {
    const log = safeArn(error.LogStreamArn);
    return `The container answered HTTP status ${error.OriginalStatusCode}${log === undefined ? '' : `, log ${log}`}.`;
  }
  const { message = '' } = error;
  // A digest tells which answer to record, and not what was asked.
  const unrecorded = /^The cassette has no answer to \w{1,32} of \S{1,2048} for key ([0-9a-f]{64})\b/.exec(message);
  if (unrecorded !== null) return `The cassette of aws-ml-local has no answer for the key ${unrecorded[1]}: record it.`;
  const tokens = /Max input tokens: (\d+), request input token count: (\d+)/.exec(message);
  if (tokens !== null) return `The input has ${tokens[2]} tokens, and the model accepts ${tokens[1]}.`;
  const length = /expected maxLength: (\d+), actual: (\d+)/.exec(message);
  if (length !== null) return `The input has ${length[2]} characters, and the model accepts ${length[1]}.`;
  // The names of keys that a model requires are the model's own.
  const missing = /required key \[(\w{1,64})\] not found/.exec(message);
  if (missing !== null) return `The model requires the key "${missing[1]}" in its input.`;
  const denied = /^User: (\S+) is not authorized to perform: ([a-z-]+:[A-Za-z]+)/.exec(message);
  const user = safeArn(denied?.[1]);
  return user === undefined ? undefined : `${user} is not authorized to perform ${denied?.[2]}.`;
}
