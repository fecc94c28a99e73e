import type { InvokeOutcome, MlService } from '../ml-service.js';
import { bedrockService, type InvokeModelAnswer } from './bedrock-request.js';
import type { BedrockSdk } from './sdk-clients.js';
import { type FailureContext, failure } from './service-failure.js';

/**
 * `aws_bedrock.invoke_model_get_embeddings`: one InvokeModel for each input, accepting application/json.
 * Result: the array of numbers under `json_key`, a top-level key of the answer, as float8[].
 */
export const bedrockInvokeModelGetEmbeddings = (bedrock: BedrockSdk): MlService =>
  bedrockService(bedrock, {
    function: 'aws_bedrock.invoke_model_get_embeddings',
    acceptOf: () => 'application/json',
    outcomeOf: (answer, jsonKey, context) => embeddingOf(answer, jsonKey ?? '', context),
  });

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
