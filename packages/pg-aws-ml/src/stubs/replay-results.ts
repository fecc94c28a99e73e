import type { MlResult } from 'aws-ml-core';
import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from './array-literal.js';
import { internalSchema, type ReplayMode } from './names.js';
import type { ServerMessage } from './server-message.js';

/** What the service answered to a call: its result, or the error that the call shall raise. */
export type CallOutcome = (
  | { readonly result: MlResult }
  | {
      readonly error: ServerMessage;
    }
) & {
  /** The call has failed, and might not the next time. Under onError null a result stands for the failure. */
  readonly mayChange?: boolean;
};

/**
 * Makes the table of results for the current transaction where it isn't there already, and sets how the ML functions look
 * results up, until the end of the transaction, or of the savepoint if that is rolled back. Another nonce than that of the
 * transaction's first replay is refused: use one for the whole life of a connection.
 */
export async function beginReplay(connection: ServerConnection, nonce: string, mode: ReplayMode): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.begin_replay($1, $2)`, { values: [nonce, mode] });
}

/** Lets every role of the session read the results, until the transaction ends: other sessions never can. */
export async function openResults(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.open_results($1)`, { values: [nonce] });
}

/** Drops the results before the transaction ends. */
export async function endReplay(connection: ServerConnection, nonce: string): Promise<void> {
  await connection.run(`SELECT ${internalSchema}.end_replay($1)`, { values: [nonce] });
}

/**
 * Stores outcomes by the keys of their calls (`resultKey`); a later one replaces an earlier. Large amounts go out in
 * several statements.
 */
export async function storeResults(
  connection: ServerConnection,
  nonce: string,
  outcomes: ReadonlyMap<string, CallOutcome>,
): Promise<void> {
  let stored: (readonly (string | null)[])[] = [];
  const sent: Promise<unknown>[] = [];
  const send = () => {
    sent.push(storeChunk(connection, nonce, stored));
    stored = [];
  };
  for (const [key, outcome] of outcomes) {
    stored.push([`\\x${key}`, ...outcomeColumns(outcome)]);
    if (stored.length === 5000) send();
  }
  if (stored.length > 0) send();
  const failed = (await Promise.allSettled(sent)).find((s) => s.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function storeChunk(connection: ServerConnection, nonce: string, rows: readonly (readonly (string | null)[])[]) {
  const columns = [0, 1, 2, 3, 4, 5, 6].map((column) => columnLiteral(rows.map((row) => row[column] ?? null)));
  await connection.run(`SELECT ${internalSchema}.store_results($1, $2, $3, $4, $5, $6, $7, $8)`, {
    values: [nonce, ...columns],
  });
}

/** unnest takes the place of a missing array by NULLs: nearly always those of errors. */
const columnLiteral = (values: readonly (string | null)[]): string | null =>
  values.some((value) => value !== null) ? arrayLiteral(values) : null;

/** r1, r2, code, message, detail, hint. */
export function outcomeColumns(outcome: CallOutcome): (string | null)[] {
  if ('result' in outcome) return [outcome.result[0] ?? null, outcome.result[1] ?? null, null, null, null, null];
  const { code, message, detail, hint } = outcome.error;
  return [null, null, code, message, detail ?? null, hint ?? null];
}
