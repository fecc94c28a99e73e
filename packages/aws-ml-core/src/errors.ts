import type { MlFunctionName } from './ml-function.js';

/** Stable identifiers of what went wrong, the same for every service. Applications may switch on them. */
export const awsMlErrorCodes = [
  'ABORTED',
  'ACCESS_DENIED',
  'BUDGET_EXCEEDED',
  'CONFIGURATION',
  'CREDENTIALS',
  'ENDPOINT_NOT_FOUND',
  'INFERENCE_PROFILE_REQUIRED',
  'INVALID_INPUT',
  'INVALID_RESPONSE',
  'MODEL_ACCESS_DENIED',
  'MODEL_ERROR',
  'MODEL_NOT_FOUND',
  'MODEL_NOT_READY',
  'NETWORK',
  'NULL_ARGUMENT',
  'PAYLOAD_TOO_LARGE',
  'QUOTA_EXCEEDED',
  'SERVICE_ERROR',
  'SERVICE_UNAVAILABLE',
  'TEXT_TOO_LONG',
  'THROTTLED',
  'TIMEOUT',
  'TOO_MANY_TOKENS',
  'UNSUPPORTED_LANGUAGE',
] as const;

export type AwsMlErrorCode = (typeof awsMlErrorCodes)[number];

export interface AwsMlErrorFields {
  readonly code: AwsMlErrorCode;
  readonly message: string;
  readonly function: MlFunctionName;
  /** The model, endpoint or language the call named, if it looks like a name. */
  readonly target?: string | undefined;
  readonly awsErrorCode?: string | undefined;
  readonly requestId?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** HTTP requests made before giving up; 0 where none was sent. */
  readonly attempts?: number | undefined;
  /** More facts for PostgreSQL's DETAIL, put before the error code and request id. */
  readonly facts?: string | undefined;
  readonly hint?: string | undefined;
}

const retryableCodes: ReadonlySet<AwsMlErrorCode> = new Set([
  'MODEL_NOT_READY',
  'NETWORK',
  'SERVICE_UNAVAILABLE',
  'THROTTLED',
  'TIMEOUT',
]);

const sqlStates: Partial<Record<AwsMlErrorCode, string>> = {
  ABORTED: '57014',
  BUDGET_EXCEEDED: '53400',
  NULL_ARGUMENT: '22004',
};

/**
 * A call of an ML function that failed. No field carries text of the call's input or of the model's answer, and there
 * is no `cause`: AWS's own messages may quote both.
 */
export class AwsMlError extends Error {
  override readonly name = 'AwsMlError';
  readonly code: AwsMlErrorCode;
  /** 38000 (external routine exception); 22004 for a NULL argument, 53400 for a budget, 57014 for an abort. */
  readonly sqlState: string;
  readonly function: MlFunctionName;
  readonly target: string | undefined;
  readonly awsErrorCode: string | undefined;
  readonly requestId: string | undefined;
  readonly httpStatus: number | undefined;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  readonly attempts: number;
  /** For PostgreSQL's DETAIL; undefined where there is nothing to add. */
  readonly detail: string | undefined;
  /** For PostgreSQL's HINT. */
  readonly hint: string | undefined;

  constructor(fields: AwsMlErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.sqlState = sqlStates[fields.code] ?? '38000';
    this.function = fields.function;
    this.target = fields.target;
    this.awsErrorCode = fields.awsErrorCode;
    this.requestId = fields.requestId;
    this.httpStatus = fields.httpStatus;
    this.retryable = retryableCodes.has(fields.code);
    this.attempts = fields.attempts ?? 0;
    this.detail = detailOf(fields);
    this.hint = fields.hint;
  }
}

function detailOf(fields: AwsMlErrorFields): string | undefined {
  const facts: string[] = [];
  if (fields.awsErrorCode !== undefined) facts.push(`AWS error ${fields.awsErrorCode}`);
  if (fields.httpStatus !== undefined) facts.push(`HTTP status ${fields.httpStatus}`);
  if (fields.requestId !== undefined) facts.push(`request id ${fields.requestId}`);
  if (fields.attempts !== undefined && fields.attempts > 1) facts.push(`${fields.attempts} attempts`);
  const technical = facts.length === 0 ? undefined : `${facts.join(', ')}.`;
  const sentences = [fields.facts, technical].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}
