import { AwsMlError } from '../errors.js';
import type { MlFunction } from '../ml-function.js';
import { converseContentType } from '../ml-functions.js';
import type { InvokeOptions, InvokeOutcome, MlService, MlTarget } from '../ml-service.js';
import type { HttpAnswer } from '../transport/http-agent.js';
import type { BedrockModule, BedrockSdk } from '../transport/sdk-clients.js';
import { answerText } from './answer-text.js';
import { sendConverse } from './bedrock-converse.js';
import { checkBatch } from './check-batch.js';
import { sendRequest } from './send-request.js';
import { argumentOf, type FailureContext, failure } from './service-failure.js';

interface InvokeModelRequest {
  readonly body: string;
  readonly contentType: string | null;
  readonly accept: string | null;
}

export interface InvokeModelAnswer {
  readonly text: string;
  readonly requestId: string | undefined;
}

/** What the two functions over InvokeModel differ in. */
export interface BedrockFunction {
  readonly signature: MlFunction;
  /** The third argument: the `accept` of the request, or what is read out of the answer. */
  acceptOf(third: string | null): string | null;
  outcomeOf(answer: InvokeModelAnswer, third: string | null, context: FailureContext): InvokeOutcome;
}

/** An adapter that sends one InvokeModel for each input. */
export function bedrockService(bedrock: BedrockSdk, of: BedrockFunction): MlService {
  const { qualifiedName: functionName, targetPosition, maxRowsPerRequest } = of.signature;
  return {
    function: functionName,
    concurrencyScope: 'target',
    targetPositions: [targetPosition, 1, 2],
    maxInputsPerRequest: maxRowsPerRequest,
    maxBytesPerRequest: Number.POSITIVE_INFINITY,
    encodeInput: (callArguments) => callArguments[3] ?? '',
    refuse: (input, target, call) => refuseEmptyBody(functionName, input, target, call),
    async invokeBatch(inputs, options) {
      checkBatch(inputs, options, this);
      const [, contentType = null, third = null] = options.target.arguments;
      const context = { function: functionName, target: options.target };
      const request = { body: inputs[0] as string, contentType, accept: of.acceptOf(third) };
      const answer =
        contentType === converseContentType
          ? await sendConverse(bedrock, request.body, context, options)
          : await sendInvokeModel(bedrock, request, context, options);
      return [answer instanceof AwsMlError ? answer : of.outcomeOf(answer, third, context)];
    },
    close: () => bedrock.close(),
  };
}

/** Sends one InvokeModel. A NULL content type or accept means Bedrock's default, application/json. */
async function sendInvokeModel(
  bedrock: BedrockSdk,
  request: InvokeModelRequest,
  context: FailureContext,
  options: InvokeOptions,
): Promise<InvokeModelAnswer | AwsMlError> {
  const input = {
    modelId: context.target.name,
    body: Buffer.from(request.body),
    // Bedrock's default; left out, the SDK would say application/octet-stream, which models refuse.
    contentType: request.contentType ?? 'application/json',
    ...(request.accept !== null && { accept: request.accept }),
  };
  const sent = {
    key: JSON.stringify([input.modelId, request.contentType, request.accept]),
    operation: 'InvokeModel' as const,
    inputs: 1,
    input,
    command: (sdk: BedrockModule) => new sdk.InvokeModelCommand(input),
    body: input.body,
    read: ({ body, headers }: HttpAnswer) => ({ body, contentType: headers['content-type'] }),
  };
  const { output, error } = await sendRequest(bedrock, sent, context, options);
  if (error !== undefined) return explained(error, request, context);
  const { requestId } = output.$metadata;
  const { text, problem } = answerText(output.body, output.contentType);
  return text === undefined ? failure('INVALID_RESPONSE', context, { requestId, facts: problem }) : { text, requestId };
}

/** Bedrock says of a body that isn't JSON no more than that it is malformed. */
function explained(error: AwsMlError, { body, contentType }: InvokeModelRequest, context: FailureContext): AwsMlError {
  if (error.code !== 'INVALID_INPUT' || !/^application\/json\b/i.test(contentType ?? 'application/json')) return error;
  if (isJson(body)) return error;
  const { awsErrorCode, requestId, httpStatus, attempts } = error;
  const said = { awsErrorCode, requestId, httpStatus, attempts };
  return failure('INVALID_INPUT', context, { ...said, facts: 'model_input is not valid JSON.', hint: JSON_HINT });
}

const JSON_HINT = 'Build it with json_build_object(…)::text, which quotes what needs quoting.';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Bedrock refuses an empty body. */
function refuseEmptyBody(
  functionName: MlFunction['qualifiedName'],
  input: string,
  target: MlTarget,
  call: number | undefined,
): AwsMlError | undefined {
  if (input !== '') return undefined;
  const facts = { awsErrorCode: 'ValidationException', facts: `${argumentOf('model_input', call)} is empty.` };
  return failure('INVALID_INPUT', { function: functionName, target }, facts);
}
