import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from './names.js';
import { type CallOutcome, outcomeColumns } from './replay-results.js';

/**
 * Announces on the statement's own connection that its live calls are answered under this nonce. To be synced before
 * the statement starts unless a transaction block is open: the statement may commit and go on.
 */
export async function beginLive(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.begin_live($1)`, { values: [nonce] });
}

/** Answers a waiting call, on another connection. The call goes on when that connection is synced. */
export async function answerLive(
  connection: ServerConnection,
  nonce: string,
  number: string,
  outcome: CallOutcome,
): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.answer_live($1, $2, $3, $4, $5, $6, $7, $8)`, {
    values: [nonce, number, ...outcomeColumns(outcome)],
  });
}

/** Removes what is left of a live statement: on its own connection, or on another one where that is lost. */
export async function endLive(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.end_live($1)`, { values: [nonce] });
}
