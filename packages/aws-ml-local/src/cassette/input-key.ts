import { createHash } from 'node:crypto';
import type { EndpointRequest, ModelRequest } from '../services/backend.js';

/** Names an input without telling it. */
export interface InputKey {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly operation: string;
  /** Language, endpoint name or model id. */
  readonly target: string;
}

function keyOf(operation: string, target: string, ...parts: readonly string[]): InputKey {
  const hash = createHash('sha256')
    .update(JSON.stringify([operation, target, ...parts]))
    .digest('hex');
  return { hash, operation, target };
}

/** A document's key is the same however documents are batched. */
export function documentKey(text: string, languageCode: string): InputKey {
  return keyOf('DetectSentiment', languageCode, text);
}

/** The key of one row of a CSV request, the same however rows are batched and quoted. */
export function rowKey({ endpointName, accept }: EndpointRequest, fields: readonly string[]): InputKey {
  return keyOf('InvokeEndpoint', endpointName, 'row', accept, JSON.stringify(fields));
}

/** The key of a request whose answer can't be told apart by rows. */
export function endpointKey({ endpointName, contentType, accept, body }: EndpointRequest): InputKey {
  return keyOf('InvokeEndpoint', endpointName, 'body', contentType, accept, body.toString('base64'));
}

/** JSON bodies are compared as JSON: spaces and the order of members don't count. */
export function modelKey({ modelId, contentType, accept, body }: ModelRequest): InputKey {
  return keyOf('InvokeModel', modelId, contentType, accept, canonical(body));
}

export function conversationKey({ modelId, body }: ModelRequest): InputKey {
  return keyOf('Converse', modelId, canonical(body));
}

function canonical(body: Buffer): string {
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')), sortMembers);
  } catch {
    return body.toString('base64');
  }
}

function sortMembers(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
