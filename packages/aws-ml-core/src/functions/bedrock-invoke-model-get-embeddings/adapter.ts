import type { InvokeOutcome, MlService } from '../../ml-service.js';
import type { BedrockSdk } from '../../transport/sdk-clients.js';
import { bedrockService, type InvokeModelAnswer } from '../bedrock-request.js';
import { fitsFloat8 } from '../float-range.js';
import { elementsOf, type JsonText, membersOf, readJson } from '../json-text.js';
import { type FailureContext, failure } from '../service-failure.js';
import { invokeModelGetEmbeddingsSignature } from './signature.js';

/**
 * `aws_bedrock.invoke_model_get_embeddings`: one InvokeModel for each input, accepting application/json.
 * Result: the array of numbers under `json_key`, a top-level key of the answer, as float8[]; its numbers
 * as they were written.
 */
export const bedrockInvokeModelGetEmbeddings = (bedrock: BedrockSdk): MlService =>
  bedrockService(bedrock, {
    signature: invokeModelGetEmbeddingsSignature,
    acceptOf: () => 'application/json',
    outcomeOf: (answer, jsonKey, context) => embeddingOf(answer, jsonKey ?? '', context),
  });

function embeddingOf(answer: InvokeModelAnswer, jsonKey: string, context: FailureContext): InvokeOutcome {
  const unusable = (facts: string) => failure('INVALID_RESPONSE', context, { requestId: answer.requestId, facts });
  const json = readJson(answer.text);
  if (json === undefined) return unusable('The answer is not valid JSON.');
  const value = membersOf(json)?.get(jsonKey);
  if (value === undefined) return unusable('The answer has no such json_key.');
  const embedding = elementsOf(value);
  if (embedding === undefined || !embedding.every(isNumber)) {
    return unusable('The value of json_key is not an array of numbers.');
  }
  if (!embedding.every(fitsFloat8)) return unusable('A number of the answer is out of range for float8.');
  return [`{${embedding.join(',')}}`];
}

const isNumber = (json: JsonText): boolean => /^[-\d]/.test(json);
