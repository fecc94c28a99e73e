import { loadParser } from 'pg-rewriter';
import { withOverloads } from '../natively/with-overloads.js';
import type { EngineState } from '../pool-state/engine-state.js';
import type { ServerConnection } from '../server/server-connection.js';
import { discard, type Statement } from '../server/statement.js';
import { settle } from '../server/transaction.js';
import { nameOneInvokeEndpoint } from '../statements/regproc.js';
import { settingStatement, showSettingSql } from '../statements/setting.js';
import { enter } from './run-statement.js';

/**
 * Makes what the server needs to parse a statement with ML calls: the functions for the types of their arguments. Leaves
 * the connection synced.
 *
 * @returns what the server can parse and describe in its place, where it can't the statement itself
 * @throws the server's error, where the statement is wrong
 */
export async function prepareStatement(
  state: EngineState,
  connection: ServerConnection,
  statement: Statement,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (connection.transactionStatus === 'E') return undefined;
  await loadParser();
  if (await state.native.isAurora(connection)) return undefined;
  const [only, ...more] = state.statements.parse(statement.text);
  if (only === undefined || more.length > 0) return undefined;
  if (settingStatement(only.node)?.kind === 'show') return showSettingSql;
  const inBlock = connection.transactionStatus !== 'I';
  const recognisedAt = performance.now();
  const context = await enter({ state, connection, inBlock, statement, sink: discard, signal, recognisedAt });
  if (context === undefined) return undefined;
  const { principalInvokeEndpoint: principal } = context.session;
  const standIn = principal === null ? undefined : nameOneInvokeEndpoint(statement.text, only.node, principal);
  await withOverloads(context, () => connection.describe(standIn ?? statement.text, statement.types));
  await settle(context);
  if (!connection.synced) await connection.sync();
  return standIn;
}
