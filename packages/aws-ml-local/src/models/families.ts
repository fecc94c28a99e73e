import { nova, titanText } from './families/amazon.js';
import { anthropicCompletion, anthropicMessages } from './families/anthropic.js';
import { cohereChat, cohereGenerate } from './families/cohere.js';
import { cohereEmbedding, type EmbeddingFamily, titanEmbedding } from './families/embedding-families.js';
import { llama, mistral } from './families/meta-mistral.js';
import type { TextFamily } from './families/text-family.js';
import type { ModelFamily } from './model.js';

export const TEXT_FAMILIES: { readonly [family in ModelFamily]?: TextFamily } = {
  'anthropic-messages': anthropicMessages,
  'anthropic-completion': anthropicCompletion,
  'titan-text': titanText,
  nova,
  llama,
  mistral,
  'cohere-chat': cohereChat,
  'cohere-generate': cohereGenerate,
};

export const EMBEDDING_FAMILIES: { readonly [family in ModelFamily]?: EmbeddingFamily } = {
  'titan-embedding': titanEmbedding,
  'cohere-embedding': cohereEmbedding,
};

const FAMILIES_BY_ID: ReadonlyArray<readonly [pattern: RegExp, family: ModelFamily]> = [
  [/^anthropic\.claude-(?:v1|v2|instant)/, 'anthropic-completion'],
  [/^anthropic\.claude-/, 'anthropic-messages'],
  [/^amazon\.titan-embed-/, 'titan-embedding'],
  [/^amazon\.titan-(?:text|tg1)-/, 'titan-text'],
  [/^amazon\.nova-(?:micro|lite|pro|premier|2-lite)/, 'nova'],
  [/^cohere\.embed-/, 'cohere-embedding'],
  [/^cohere\.command-r/, 'cohere-chat'],
  [/^cohere\.command-/, 'cohere-generate'],
  [/^meta\.llama/, 'llama'],
  [/^mistral\./, 'mistral'],
];

/** The family a model id belongs to; undefined for an id that none has. */
export function familyOfId(modelId: string): ModelFamily | undefined {
  return FAMILIES_BY_ID.find(([pattern]) => pattern.test(modelId))?.[1];
}

/** An id without what an ARN or an inference profile puts before it: `us.anthropic.…` is `anthropic.…`. */
export function baseModelId(modelId: string): string {
  const id = modelId.replace(/^arn:aws[\w-]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\//, '');
  return id.replace(/^(?:us|eu|apac|ap|jp|au|ca|us-gov|global)\./, '');
}
