import type { AwsMlError } from 'aws-ml-core';
import type { ServerConnection } from '../server/server-connection.js';
import { type AwsMlFailure, describeRaised, failureOf, type RaisedError } from './failed-call.js';
import { quoteLiteral } from './quote.js';

export interface ServerMessage {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** For the program, where a call has failed. */
  readonly awsMl?: AwsMlFailure;
}

/** Makes the server raise an error, so that it reaches the application as every other: always rejects. */
export async function raiseError(connection: ServerConnection, error: ServerMessage): Promise<never> {
  await connection.run(`DO ${quoteLiteral(`BEGIN ${raise('EXCEPTION', error)} END`)}`).catch((raised: RaisedError) => {
    if (!isSame(raised, error)) throw raised;
    // The block that raises it is ours: no place where the application could look.
    raised.where = undefined;
    if (error.awsMl !== undefined) describeRaised(raised, error.awsMl);
    throw raised;
  });
  throw new Error('unreachable: the server raises');
}

/** A statement of PL/pgSQL. */
export function raise(level: 'EXCEPTION' | 'NOTICE', { code, message, detail, hint }: ServerMessage): string {
  const options = Object.entries({ ERRCODE: code, MESSAGE: message, DETAIL: detail, HINT: hint })
    .filter((option): option is [string, string] => option[1] !== undefined)
    .map(([name, value]) => `${name} = ${quoteLiteral(value)}`);
  return `RAISE ${level} USING ${options.join(', ')};`;
}

/** Whether an error is what the server was to raise. */
export const isSame = (raised: RaisedError, { code, message, detail, hint }: ServerMessage): boolean =>
  raised.message === message && raised.code === code && raised.detail === detail && raised.hint === hint;

/** What the server shall raise for a failed call. */
export function serverMessage(error: AwsMlError): ServerMessage {
  const { sqlState: code, message, detail, hint } = error;
  return {
    awsMl: failureOf(error),
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
}
