import { malformedInput } from '../services/bedrock.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The request body as a JSON object; anything else is malformed input. */
export function parseBody(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's message would quote the text.
    throw malformedInput();
  }
  if (!isObject(value)) throw malformedInput('expected type: JSONObject');
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks that members are there. */
export function requireMembers(body: JsonObject, ...names: readonly string[]): void {
  const missing = names.filter((name) => body[name] === undefined);
  if (missing.length > 0) throw malformedInput(...missing.map((name) => `required key [${name}] not found`));
}

export function stringMember(body: JsonObject, name: string): string {
  requireMembers(body, name);
  const value = body[name];
  if (typeof value !== 'string') throw malformedInput(`${name}: expected type: String`);
  return value;
}

export function numberMember(body: JsonObject, name: string, otherwise: number): number {
  const value = body[name];
  if (value === undefined) return otherwise;
  if (typeof value !== 'number') throw malformedInput(`${name}: expected type: Number`);
  return value;
}

/** The text of a message's content: a string, or blocks of which those with `text` count. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw malformedInput('messages: expected type: JSONArray');
  return content
    .map((block: unknown) => (isObject(block) && typeof block.text === 'string' ? block.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** The texts of a conversation, in order. */
export function messagesText(body: JsonObject): string {
  requireMembers(body, 'messages');
  const messages = body.messages;
  if (!Array.isArray(messages)) throw malformedInput('messages: expected type: JSONArray');
  if (messages.length === 0) throw malformedInput('messages: minimum item count: 1, found: 0');
  return messages.map((message) => contentText(isObject(message) ? message.content : undefined)).join('\n');
}
