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
  const unusable = (facts: string, hint?: string) =>
    failure('INVALID_RESPONSE', context, { requestId: answer.requestId, facts, hint });
  const json = readJson(answer.text);
  if (json === undefined) return unusable('The answer is not valid JSON.');
  const members = membersOf(json);
  const value = members?.get(jsonKey);
  if (value === undefined) return unusable(...missingKey(jsonKey, members));
  const embedding = elementsOf(value);
  if (embedding === undefined || !embedding.every(isNumber)) {
    const path = pathOfNested(jsonKey, value);
    return unusable(
      `The value of ${quoted(jsonKey)} in the answer is not an array of numbers.`,
      path && nestedHint(path),
    );
  }
  if (!embedding.every(fitsFloat8)) return unusable('A number of the answer is out of range for float8.');
  return [`{${embedding.join(',')}}`];
}

/** Keys are shown where they look like names; an argument in the wrong place may hold customer text. */
const isKeyName = (key: string): boolean => /^[A-Za-z_][\w.-]{0,63}$/.test(key);

const quoted = (key: string): string => (isKeyName(key) ? `"${key}"` : 'json_key');

const KEYS_SHOWN = 10;

function missingKey(
  jsonKey: string,
  members: ReadonlyMap<string, JsonText> | undefined,
): [facts: string, hint?: string] {
  if (members === undefined) return ['The answer is not a JSON object.'];
  const keys = [...members.keys()].filter(isKeyName).slice(0, KEYS_SHOWN);
  const asked = isKeyName(jsonKey)
    ? `The answer has no key "${jsonKey}"`
    : 'The answer does not have the key that json_key names';
  if (keys.length === 0) return [`${asked}.`];
  const [key, ...others] = keys.map((name) => `"${name}"`);
  if (others.length === 0)
    return [`${asked}; its only key is ${key}.`, `Set json_key to '${keys[0]}', if that is meant.`];
  return [
    `${asked}; its keys are ${[key, ...others].join(', ')}.`,
    'Set json_key to the one that holds the embedding.',
  ];
}

/** Where a model answers with a list of embeddings, such as Cohere's, the path to the first. */
function pathOfNested(jsonKey: string, value: JsonText): string | undefined {
  if (!isKeyName(jsonKey)) return undefined;
  const isList = (json: JsonText | undefined) => elementsOf(json ?? '')?.[0]?.startsWith('[') === true;
  if (isList(value)) return `{${jsonKey},0}`;
  for (const [key, member] of membersOf(value) ?? []) {
    if (isKeyName(key) && isList(member)) return `{${jsonKey},${key},0}`;
  }
  return undefined;
}

const nestedHint = (path: string): string =>
  `The model answers with a list of embeddings. Use aws_bedrock.invoke_model(…)::jsonb #> '${path}' for the first of them.`;

const isNumber = (json: JsonText): boolean => /^[-\d]/.test(json);
