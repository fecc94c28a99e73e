import type { AwsMlError } from 'aws-ml-core';
import type { ServerConnection } from '../server/server-connection.js';
import { quoteLiteral } from './quote.js';

export interface ServerMessage {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Makes the server raise an error, so that it reaches the application as every other: always rejects. */
export async function raiseError(connection: ServerConnection, error: ServerMessage): Promise<never> {
  await connection.run(raise('EXCEPTION', error));
  throw new Error('unreachable: the server raises');
}

export async function raiseNotice(connection: ServerConnection, notice: ServerMessage): Promise<void> {
  await connection.run(raise('NOTICE', notice));
}

function raise(level: 'EXCEPTION' | 'NOTICE', { code, message, detail, hint }: ServerMessage): string {
  const options = Object.entries({ ERRCODE: code, MESSAGE: message, DETAIL: detail, HINT: hint })
    .filter((option): option is [string, string] => option[1] !== undefined)
    .map(([name, value]) => `${name} = ${quoteLiteral(value)}`);
  return `DO ${quoteLiteral(`BEGIN RAISE ${level} USING ${options.join(', ')}; END`)}`;
}

/** What the server shall raise for a failed call. */
export function serverMessage({ sqlState: code, message, detail, hint }: AwsMlError): ServerMessage {
  return {
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}
