import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchDetectSentimentResponse, DetectSentimentResponse, SentimentScore } from '@aws-sdk/client-comprehend';
import { AwsMlError } from '../../errors.js';
import type { MlResult } from '../../ml-call.js';
import type { InvokeOptions, InvokeOutcome, MlService } from '../../ml-service.js';
import type { HttpAnswer } from '../../transport/http-agent.js';
import type { ComprehendModule, ComprehendSdk } from '../../transport/sdk-clients.js';
import { bisectTooLarge } from '../bisect.js';
import { checkBatch } from '../check-batch.js';
import { fitsFloat4 } from '../float-range.js';
import { sendRequest } from '../send-request.js';
import { argumentOf, type FailureContext, failure } from '../service-failure.js';
import { detectSentimentSignature } from './signature.js';

const functionName = 'aws_comprehend.detect_sentiment';
const maxTextBytes = 5_000;
/** Times that a document is sent for which Comprehend reports an internal error. */
const maxDocumentAttempts = 3;
const documentRetryBaseMs = 50;

const scoreKeys: Readonly<Record<string, keyof SentimentScore>> = {
  POSITIVE: 'Positive',
  NEGATIVE: 'Negative',
  NEUTRAL: 'Neutral',
  MIXED: 'Mixed',
};

/**
 * `aws_comprehend.detect_sentiment`: BatchDetectSentiment, or DetectSentiment for a single text.
 * Result: the class and its score. Source: Amazon Comprehend API Reference.
 */
export function comprehendDetectSentiment(comprehend: ComprehendSdk): MlService {
  return {
    function: functionName,
    concurrencyScope: 'service',
    targetPositions: [detectSentimentSignature.targetPosition],
    maxInputsPerRequest: detectSentimentSignature.maxRowsPerRequest,
    maxBytesPerRequest: Number.POSITIVE_INFINITY,
    encodeInput: (callArguments) => callArguments[0] ?? '',
    refuse(input, target, call) {
      const context = { function: functionName, target } as const;
      if (input === '')
        return failure('INVALID_INPUT', context, {
          awsErrorCode: 'ValidationException',
          facts: `${argumentOf('input_text', call)} is empty.`,
        });
      // A UTF-16 unit takes at most three bytes.
      if (input.length * 3 <= maxTextBytes) return undefined;
      const bytes = Buffer.byteLength(input);
      if (bytes <= maxTextBytes) return undefined;
      return failure('TEXT_TOO_LONG', context, {
        awsErrorCode: 'TextSizeLimitExceededException',
        facts: `${argumentOf('input_text', call)} has ${bytes} bytes.`,
      });
    },
    async invokeBatch(inputs, options) {
      checkBatch(inputs, options, this);
      return bisectTooLarge(inputs, (part) => detectSentiments(comprehend, part, options));
    },
    close: () => comprehend.close(),
  };
}

async function detectSentiments(
  comprehend: ComprehendSdk,
  texts: readonly string[],
  options: InvokeOptions,
): Promise<InvokeOutcome[] | AwsMlError> {
  const outcomes: (InvokeOutcome | undefined)[] = new Array(texts.length).fill(undefined);
  let pending = texts.map((_, index) => index);
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const part = pending.map((index) => texts[index] as string);
    const answers = await (part.length === 1 && attempt === 1
      ? detectOne(comprehend, part[0] as string, options)
      : detectMany(comprehend, part, options, attempt > 1));
    if (!Array.isArray(answers)) {
      if (attempt === 1) return answers;
      for (const index of pending) outcomes[index] = answers;
      break;
    }
    answers.forEach((answer, position) => {
      outcomes[pending[position] as number] = answer;
    });
    if (attempt === maxDocumentAttempts) break;
    pending = pending.filter((index) => isTransient(outcomes[index]));
    if (pending.length > 0) await backOff(attempt, options.signal);
  }
  return outcomes as InvokeOutcome[];
}

function isTransient(outcome: InvokeOutcome | undefined): boolean {
  return outcome instanceof AwsMlError && outcome.code === 'SERVICE_UNAVAILABLE';
}

/** Full jitter. An abort only ends it: the next request reports it. */
function backOff(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const delayMs = Math.random() * documentRetryBaseMs * 2 ** (attempt - 1);
  return sleep(delayMs, undefined, { signal }).catch(() => undefined);
}

async function detectOne(
  comprehend: ComprehendSdk,
  text: string,
  options: InvokeOptions,
): Promise<InvokeOutcome[] | AwsMlError> {
  const context: FailureContext = { function: functionName, target: options.target };
  const input = { Text: text, LanguageCode: options.target.name as 'en' };
  const request = {
    key: 'DetectSentiment',
    operation: 'DetectSentiment' as const,
    inputs: 1,
    input,
    command: (sdk: ComprehendModule) => new sdk.DetectSentimentCommand(input),
    body: Buffer.from(JSON.stringify(input)),
    read: readJson<DetectSentimentResponse>,
  };
  const { output, error } = await sendRequest(comprehend, request, context, options);
  if (error !== undefined) return error;
  return [resultOf(output, context, output.$metadata.requestId)];
}

async function detectMany(
  comprehend: ComprehendSdk,
  texts: readonly string[],
  options: InvokeOptions,
  resend: boolean,
): Promise<InvokeOutcome[] | AwsMlError> {
  const context: FailureContext = { function: functionName, target: options.target };
  const input = { TextList: texts as string[], LanguageCode: options.target.name as 'en' };
  const request = {
    key: 'BatchDetectSentiment',
    operation: 'BatchDetectSentiment' as const,
    inputs: texts.length,
    input,
    command: (sdk: ComprehendModule) => new sdk.BatchDetectSentimentCommand(input),
    body: Buffer.from(JSON.stringify(input)),
    read: readJson<Partial<BatchDetectSentimentResponse>>,
    resend,
  };
  const { output, error } = await sendRequest(comprehend, request, context, options);
  if (error !== undefined) return error;
  return outcomesByIndex(output, texts.length, context, output.$metadata.requestId);
}

/** The members that we read are strings and numbers: JSON has them as the SDK would give them. */
function readJson<Output>({ body }: HttpAnswer): Output {
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new TypeError('the answer is no JSON object');
  return value as Output;
}

/** Puts results and errors where their Index says; a document with neither has an unusable answer. */
function outcomesByIndex(
  response: Partial<BatchDetectSentimentResponse>,
  count: number,
  context: FailureContext,
  requestId: string | undefined,
): InvokeOutcome[] {
  const outcomes: (InvokeOutcome | undefined)[] = new Array(count).fill(undefined);
  for (const item of response.ResultList ?? []) {
    if (isIndex(item.Index, count)) outcomes[item.Index] = resultOf(item, context, requestId);
  }
  for (const item of response.ErrorList ?? []) {
    if (isIndex(item.Index, count)) outcomes[item.Index] = documentFailure(item.ErrorCode, context, requestId);
  }
  return outcomes.map((outcome) => outcome ?? missingAnswer(context, requestId));
}

function isIndex(index: number | undefined, count: number): index is number {
  return index !== undefined && Number.isInteger(index) && index >= 0 && index < count;
}

function resultOf(
  answer: { readonly Sentiment?: string | undefined; readonly SentimentScore?: SentimentScore | undefined },
  context: FailureContext,
  requestId: string | undefined,
): MlResult | AwsMlError {
  const key = scoreKeys[answer.Sentiment ?? ''];
  const score = key === undefined ? undefined : answer.SentimentScore?.[key];
  if (answer.Sentiment === undefined || typeof score !== 'number') return missingAnswer(context, requestId);
  if (!fitsFloat4(score)) {
    return failure('INVALID_RESPONSE', context, {
      requestId,
      facts: 'A score of the answer is out of range for float4.',
    });
  }
  return [answer.Sentiment, String(score)];
}

function missingAnswer(context: FailureContext, requestId: string | undefined): AwsMlError {
  return failure('INVALID_RESPONSE', context, {
    requestId,
    facts: 'The answer lacks the sentiment or the score of a document.',
  });
}

/** A document's own error. Its codes are written like TEXT_SIZE_LIMIT_EXCEEDED. */
function documentFailure(
  errorCode: string | undefined,
  context: FailureContext,
  requestId: string | undefined,
): AwsMlError {
  const awsErrorCode = errorCode !== undefined && /^[A-Z][A-Z_]{0,99}$/i.test(errorCode) ? errorCode : undefined;
  const facts = { awsErrorCode, requestId };
  switch (awsErrorCode) {
    case 'TEXT_SIZE_LIMIT_EXCEEDED':
      return failure('TEXT_TOO_LONG', context, facts);
    case 'UNSUPPORTED_LANGUAGE':
      return failure('UNSUPPORTED_LANGUAGE', context, facts);
    case 'INTERNAL_SERVER_ERROR':
      return failure('SERVICE_UNAVAILABLE', context, facts);
    default:
      return failure('INVALID_INPUT', context, facts);
  }
}
