import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from './array-literal.js';
import type { ServerMessage } from './server-message.js';
import { type TransferMode, transferSchema } from './transfer-names.js';

/** What a transfer came to: the values of its answer, or the error that the call shall raise. */
export type TransferOutcome = { readonly answer: readonly string[] } | { readonly error: ServerMessage };

/** Makes the table of outcomes for this transaction where it isn't there, and says what a call without one does. */
export async function beginTransfers(connection: ServerConnection, nonce: string, mode: TransferMode): Promise<void> {
  await connection.run(`SELECT ${transferSchema}.begin($1, $2)`, { values: [nonce, mode] });
}

/** @param key of the call's report, in hexadecimal digits */
export async function storeTransfer(
  connection: ServerConnection,
  nonce: string,
  call: { readonly number: number; readonly key: string },
  outcome: TransferOutcome,
): Promise<void> {
  const answer = 'answer' in outcome ? arrayLiteral(outcome.answer) : null;
  const { code = null, message = null, detail = null, hint = null } = 'error' in outcome ? outcome.error : {};
  await connection.run(`SELECT ${transferSchema}.store($1, $2, $3, $4, $5, $6, $7, $8)`, {
    values: [nonce, String(call.number), `\\x${call.key}`, answer, code, message, detail, hint],
  });
}

/** How many imports the statement has not made, or has undone in a block with EXCEPTION. */
export async function untakenTransfers(connection: ServerConnection, nonce: string): Promise<number> {
  const { rows } = await connection.run(`SELECT ${transferSchema}.untaken($1)`, { values: [nonce] });
  return Number(rows[0]?.[0] ?? 0);
}

export async function endTransfers(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${transferSchema}."end"($1)`, { values: [nonce] });
}
