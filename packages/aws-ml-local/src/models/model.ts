import type { ModelAnswer, ModelRequest } from '../services/backend.js';
import type { ModelRefusal } from '../services/bedrock.js';

/** A request body and the answer to it, both as the model's JSON. */
export interface RecordedAnswer {
  /** Matched member by member, whatever the order; without it the answer is for every request. */
  readonly request?: unknown;
  readonly response: unknown;
}

/** Model families whose request and response shapes the local models know. */
export const MODEL_FAMILIES = [
  'anthropic-messages',
  'anthropic-completion',
  'titan-text',
  'titan-embedding',
  'nova',
  'llama',
  'mistral',
  'cohere-chat',
  'cohere-generate',
  'cohere-embedding',
] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

export interface TextModelConfig {
  /** Answers a prompt. Default: a sentence or two picked from it, always the same. */
  readonly text: true | ((prompt: string) => string | Promise<string>);
  /** Needed where the model id doesn't tell. */
  readonly family?: ModelFamily;
}

export interface EmbeddingModelConfig {
  /** Embeds a text. Default: hashed word n-grams, so that similar texts get similar vectors. */
  readonly embed: true | ((text: string) => number[] | Promise<number[]>);
  readonly family?: ModelFamily;
  /** Length of the vectors where the request doesn't say. Default: the real model's. */
  readonly dimensions?: number;
}

export interface RespondModelConfig {
  /** Computes the whole answer from the request's body; anything but a string or a Buffer is sent as JSON. */
  readonly respond: (body: string, request: { modelId: string; contentType: string; accept: string }) => unknown;
}

export interface RecordedModelConfig {
  /** The answers, or the path of a JSON file of them. */
  readonly recorded: string | readonly RecordedAnswer[];
}

export interface ProxyModelConfig {
  /** A URL that the body is posted to as it is; what it answers is the model's answer. */
  readonly proxy: string;
}

export interface RefusingModelConfig {
  /**
   * Why every request is refused. `on-demand`: the model runs only through an inference profile, so that its bare id is
   * refused and `us.…` and `eu.…` are answered; `access`: the account has none; `tokens`: every input is too long;
   * `end-of-life`: the version is no longer served.
   */
  readonly refuses: ModelRefusal;
}

/** A Bedrock model; a string is the deterministic local model in the shapes of that family. */
export type ModelConfig =
  | TextModelConfig
  | EmbeddingModelConfig
  | RespondModelConfig
  | RecordedModelConfig
  | ProxyModelConfig
  | RefusingModelConfig
  | ModelFamily;

export interface Model {
  /** InvokeModel: the body is the model's own. */
  invoke(request: ModelRequest): Promise<ModelAnswer>;
  /** Converse, of text models alone. */
  converse?(request: ModelRequest): Promise<ModelAnswer>;
}

export interface ModelContext {
  readonly modelId: string;
  readonly baseDirectory: string;
  readonly seed: number;
}
