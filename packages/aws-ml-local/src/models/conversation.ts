import { validationException } from '../services/bedrock.js';
import { checkShape } from '../shapes/check-shape.js';
import { fraction, list, oneOf, type Shape, structure, text, whole } from '../shapes/shapes.js';
import type { JsonObject } from './body.js';

/** What a request of Converse asks a text model. */
export interface Conversation {
  readonly prompt: string;
  readonly hasSystem: boolean;
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
}

/** Where the request doesn't say; more than a local model answers. */
const DEFAULT_MAX_TOKENS = 4096;

const anything = structure({});
const REQUEST: Shape = structure(
  {},
  {
    messages: list(structure({ role: oneOf('user', 'assistant'), content: list(anything) })),
    system: list(anything),
    inferenceConfig: structure(
      {},
      {
        maxTokens: whole(1),
        temperature: fraction(0, 1),
        topP: fraction(0, 1),
        stopSequences: list(text({ min: 1 }), { max: 2500 }),
      },
    ),
  },
);

/** @throws a ValidationException, as the service words it, for what it would refuse */
export function conversationOf(body: JsonObject): Conversation {
  checkShape(REQUEST, body);
  if (body.toolConfig !== undefined && body.toolConfig !== null) {
    throw validationException("This model doesn't support tool use.");
  }
  const messages = (body.messages ?? []) as readonly { role: string; content: readonly JsonObject[] }[];
  checkTurns(messages.map(({ role }) => role));
  const spoken = messages.map(({ content }, index) => textsOf(content, `messages.${index}`).join('\n'));
  const system = ((body.system ?? []) as readonly JsonObject[]).map((block) =>
    typeof block.text === 'string' ? block.text : '',
  );
  const { maxTokens = DEFAULT_MAX_TOKENS, stopSequences = [] } = (body.inferenceConfig ?? {}) as Partial<Conversation>;
  return { prompt: [...system, ...spoken].join('\n'), hasSystem: system.length > 0, maxTokens, stopSequences };
}

function checkTurns(roles: readonly string[]): void {
  if (roles[0] !== 'user') {
    throw validationException(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  if (roles.some((role, index) => index > 0 && role === roles[index - 1])) {
    throw validationException(
      'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
    );
  }
}

function textsOf(content: readonly JsonObject[], at: string): string[] {
  if (content.length === 0) {
    throw validationException(
      `The content field in the Message object at ${at} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  return content.map((block, index) => {
    const unknown = Object.keys(block).find((member) => member !== 'text');
    if (unknown !== undefined) {
      throw validationException(`This model doesn't support the ${unknown} field. Remove ${unknown} and try again.`);
    }
    if (typeof block.text !== 'string' || block.text.trim() === '') {
      throw validationException(
        `The text field in the ContentBlock object at ${at}.content.${index} is blank. Add text to the text field, and try again.`,
      );
    }
    return block.text;
  });
}

/** An answer up to the first of the sequences that it holds. */
export function untilStopSequence(answer: string, sequences: readonly string[]): { text: string; stopped: boolean } {
  const ends = sequences.map((sequence) => answer.indexOf(sequence)).filter((end) => end >= 0);
  return ends.length === 0
    ? { text: answer, stopped: false }
    : { text: answer.slice(0, Math.min(...ends)), stopped: true };
}
