import { AwsMlError } from 'aws-ml-core';
import { ArgumentError } from '../server/argument-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import { failureOf } from '../stubs/failed-call.js';
import { raiseError, type ServerMessage, serverMessage } from '../stubs/server-message.js';
import { type StatementDeadline, timeoutMessage } from './statement-deadline.js';

/** A failure of ours is raised by the server, so that the application and its transaction see it as any other. */
export async function asServerError(
  connection: ServerConnection,
  error: unknown,
  deadline?: StatementDeadline,
): Promise<unknown> {
  const message = messageOf(error, deadline);
  if (message === undefined) return error;
  return raiseError(connection, message).catch((raised: unknown) => raised);
}

function messageOf(error: unknown, deadline?: StatementDeadline): ServerMessage | undefined {
  const aborted = error instanceof AwsMlError || (error as { name?: unknown } | undefined)?.name === 'AbortError';
  if (deadline?.passed && aborted) {
    return error instanceof AwsMlError ? { ...timeoutMessage, awsMl: failureOf(error) } : timeoutMessage;
  }
  if (error instanceof ArgumentError) return { code: error.sqlState, message: error.message };
  return error instanceof AwsMlError ? serverMessage(error) : undefined;
}
