import type { JsonObject } from '../body.js';

/** What a text model was asked for. */
export interface TextPrompt {
  readonly prompt: string;
  readonly maxTokens: number;
}

export interface GeneratedText {
  readonly text: string;
  /** The text was cut at the request's limit. */
  readonly truncated: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Hexadecimal digits that differ between requests, for ids. */
  readonly id: string;
}

/** The request and response shapes of one family of text models. */
export interface TextFamily {
  /** Throws a ValidationException for a body the family's models refuse. */
  promptOf(body: JsonObject): TextPrompt;
  /** Whether Converse takes a system prompt for the family's models. Default: yes. */
  takesSystem?(modelId: string): boolean;
  responseOf(generated: GeneratedText, body: JsonObject, modelId: string): unknown;
}
