import { loadParser } from 'pg-rewriter';
import { withOverloads } from '../natively/with-overloads.js';
import type { EngineState } from '../pool-state/engine-state.js';
import type { ServerConnection } from '../server/server-connection.js';
import { discard, type Statement } from '../server/statement.js';
import { settle } from '../server/transaction.js';
import { enter } from './run-statement.js';

/**
 * Makes what the server needs to parse a statement with ML calls: the functions for the types of their arguments. Leaves
 * the connection synced.
 *
 * @throws the server's error, where the statement is wrong
 */
export async function prepareStatement(
  state: EngineState,
  connection: ServerConnection,
  statement: Statement,
  signal: AbortSignal,
): Promise<void> {
  if (connection.transactionStatus === 'E') return;
  await loadParser();
  if (await state.native.isAurora(connection)) return;
  const inBlock = connection.transactionStatus !== 'I';
  const recognisedAt = performance.now();
  const context = await enter({ state, connection, inBlock, statement, sink: discard, signal, recognisedAt });
  if (context === undefined) return;
  await withOverloads(context, () => connection.describe(statement.text, statement.types));
  await settle(context);
  if (!connection.synced) await connection.sync();
}
