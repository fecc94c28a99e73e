export type TrainingErrorKind =
  | 'denied'
  | 'invalid'
  | 'limit'
  | 'not installed'
  | 'throttled'
  | 'unavailable'
  | 'other';

/** A request to SageMaker's control plane that failed, or could not be made. Holds no customer text. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
  constructor(
    message: string,
    readonly kind: TrainingErrorKind,
    readonly fields: { readonly awsErrorCode?: string; readonly detail?: string; readonly hint?: string } = {},
  ) {
    super(message);
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return this.kind === 'throttled' || this.kind === 'unavailable' || this.kind === 'limit';
  }
}

interface AwsFailure {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const kinds: Readonly<Record<string, TrainingErrorKind>> = {
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  InvalidSignatureException: 'denied',
  UnrecognizedClientException: 'denied',
  ResourceLimitExceeded: 'limit',
  ValidationException: 'invalid',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
};

const sentences: Readonly<Record<TrainingErrorKind, (operation: string) => string>> = {
  denied: (operation) => `Amazon SageMaker denied ${operation}`,
  invalid: (operation) => `Amazon SageMaker does not accept ${operation}`,
  limit: (operation) => `a quota of Amazon SageMaker stands against ${operation}`,
  throttled: (operation) => `Amazon SageMaker throttled ${operation}`,
  unavailable: () => 'Amazon SageMaker could not be reached',
  'not installed': () => 'the client of Amazon SageMaker is not installed',
  other: (operation) => `Amazon SageMaker answered ${operation} with an error`,
};

const hints: Readonly<Partial<Record<TrainingErrorKind, (operation: string) => string>>> = {
  denied: (operation) => `Allow sagemaker:${operation} for the AWS identity in use, and iam:PassRole on the role.`,
  limit: () => 'Ask AWS for a higher quota, or wait until other jobs and endpoints are gone.',
  throttled: () => 'Try again later.',
  unavailable: () => 'Check the region, awsMl.endpoints.training and the network.',
};

export function trainingError(operation: string, thrown: unknown): TrainingError {
  if (thrown instanceof TrainingError) return thrown;
  const failure = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as AwsFailure;
  const kind = kindOf(failure);
  const hint = hints[kind]?.(operation);
  return new TrainingError(sentences[kind](operation), kind, {
    ...(failure.name !== undefined && /^\w{1,64}$/.test(failure.name) && { awsErrorCode: failure.name }),
    ...detailOf(failure),
    ...(hint !== undefined && { hint }),
  });
}

function kindOf({ name = '', code, $metadata }: AwsFailure): TrainingErrorKind {
  const known = kinds[name];
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode;
  if (status === 429) return 'throttled';
  if (status === undefined ? code !== undefined || name === 'TimeoutError' : status >= 500) return 'unavailable';
  return 'other';
}

/** The control plane is told names, ARNs and sizes: what it says of them may be shown. */
function detailOf({ message, name, $metadata }: AwsFailure): { readonly detail?: string } {
  if ($metadata?.httpStatusCode === undefined || message === undefined || name === undefined) return {};
  const id = $metadata.requestId;
  return { detail: `${message.slice(0, 1000)} (AWS error ${name}${id === undefined ? '' : `, request id ${id}`})` };
}

export const isCalled = (thrown: unknown, ...names: readonly string[]): boolean =>
  names.includes((thrown as AwsFailure | undefined)?.name ?? '');

/** Whether a ValidationException says that what was named doesn't exist: Describe and Delete answer so. */
export const saysNotFound = (thrown: unknown): boolean =>
  isCalled(thrown, 'ResourceNotFound', 'ResourceNotFoundException') ||
  (isCalled(thrown, 'ValidationException') &&
    /could not find|does not exist|not found|requested resource/i.test((thrown as AwsFailure).message ?? ''));

export const saysExists = (thrown: unknown): boolean =>
  isCalled(thrown, 'ResourceInUse', 'ResourceInUseException') ||
  (isCalled(thrown, 'ValidationException') &&
    /already exist|cannot create already existing/i.test((thrown as AwsFailure).message ?? ''));
