import type { ServerConnection } from '../server/server-connection.js';
import { ensureInvokeEndpointNamed } from './overloads.js';

interface ErrorFields {
  readonly code?: unknown;
  readonly message?: unknown;
}

/**
 * The model inputs of a call of invoke_endpoint that the server could not resolve: undefined_function (42883), or
 * ambiguous_function (42725) where several overloads fit by casts. Undefined for every other error.
 */
export function missingModelInputs(error: unknown): string[] | undefined {
  const { code, message } = (error ?? {}) as ErrorFields;
  if ((code !== '42883' && code !== '42725') || typeof message !== 'string') return undefined;
  // The words around the signature depend on lc_messages.
  const start = /(?:\baws_sagemaker\.)?\binvoke_endpoint\(/.exec(message);
  if (start === null) return undefined;
  const types = splitTypes(message.slice(start.index + start[0].length));
  return types !== undefined && types.length > 2 ? types.slice(2) : undefined;
}

/**
 * Creates the overload that an error asks for. False where the error is no such error, or where the overload is there
 * already and doesn't help: then the error stands.
 */
export async function addMissingOverload(connection: ServerConnection, error: unknown): Promise<boolean> {
  const types = missingModelInputs(error);
  return types !== undefined && ensureInvokeEndpointNamed(connection, types);
}

/** Types separated by commas up to the closing parenthesis; a quoted name may hold either. */
function splitTypes(text: string): string[] | undefined {
  const types: string[] = [];
  let quoted = false;
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (quoted) continue;
    if (c === '(') depth++;
    else if (c === ')' && depth > 0) depth--;
    else if (c === ',' || c === ')') {
      types.push(text.slice(start, i).trim());
      start = i + 1;
      if (c === ')') return types;
    }
  }
  return undefined;
}
