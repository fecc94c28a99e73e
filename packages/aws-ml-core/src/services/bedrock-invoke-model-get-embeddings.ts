import { AwsMlError } from '../errors.js';
import type { InvokeOutcome, MlService } from '../ml-service.js';
import { type InvokeModelAnswer, refuseEmptyBody, sendInvokeModel } from './bedrock-request.js';
import { checkBatch } from './check-batch.js';
import type { BedrockSdk } from './sdk-clients.js';
import { type FailureContext, failure } from './service-failure.js';

const functionName = 'aws_bedrock.invoke_model_get_embeddings';

/**
 * `aws_bedrock.invoke_model_get_embeddings`: one InvokeModel for each input, accepting application/json.
 * Result: the array of numbers under `json_key`, a top-level key of the answer, as float8[].
 */
export function bedrockInvokeModelGetEmbeddings(bedrock: BedrockSdk): MlService {
  return {
    function: functionName,
    concurrencyScope: 'target',
    targetPositions: [0, 1, 2],
    maxInputsPerRequest: 1,
    maxBytesPerRequest: Number.POSITIVE_INFINITY,
    encodeInput: (callArguments) => callArguments[3] ?? '',
    refuse: (input, target) => refuseEmptyBody(functionName, input, target),
    async invokeBatch(inputs, options) {
      checkBatch(inputs, options, this);
      const [, contentType = null, jsonKey = null] = options.target.arguments;
      const context = { function: functionName, target: options.target } as const;
      const request = { body: inputs[0] as string, contentType, accept: 'application/json' };
      const answer = await sendInvokeModel(bedrock, request, context, options);
      return [answer instanceof AwsMlError ? answer : embeddingOf(answer, jsonKey ?? '', context)];
    },
    close: () => bedrock.close(),
  };
}

function embeddingOf(answer: InvokeModelAnswer, jsonKey: string, context: FailureContext): InvokeOutcome {
  const unusable = (facts: string) => failure('INVALID_RESPONSE', context, { requestId: answer.requestId, facts });
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    return unusable('The answer is not valid JSON.');
  }
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, jsonKey)) {
    return unusable('The answer has no such json_key.');
  }
  const embedding: unknown = (body as Record<string, unknown>)[jsonKey];
  if (!Array.isArray(embedding) || !embedding.every((element) => typeof element === 'number')) {
    return unusable('The value of json_key is not an array of numbers.');
  }
  return [`{${embedding.join(',')}}`];
}
