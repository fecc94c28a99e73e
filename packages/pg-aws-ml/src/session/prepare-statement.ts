import { loadParser, readsOnlyHere } from 'pg-rewriter';
import { withOverloads } from '../natively/with-overloads.js';
import type { EngineState } from '../pool-state/engine-state.js';
import type { ServerConnection } from '../server/server-connection.js';
import { discard, type Statement } from '../server/statement.js';
import { settle } from '../server/transaction.js';
import { withModelNames } from '../statements/models/model-names.js';
import { navigated } from '../statements/navigation.js';
import { nameOneInvokeEndpoint } from '../statements/regproc.js';
import { settingStatement, showSettingSql } from '../statements/setting.js';
import { enter } from './run-statement.js';
import { isOwn, isRewritten, statementsOf, type TextStatement } from './statements-of.js';

/** What the server is to parse for a client, or why it need not try. */
export interface Preparation {
  /** In the place of the statement, where the server can't parse and describe that itself: of the same parameters and columns. */
  readonly standIn?: string | undefined;
  /** What is wrong with a statement that the server knows nothing of. */
  readonly refusal?: unknown;
}

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
): Promise<Preparation> {
  if (connection.transactionStatus === 'E') return {};
  await loadParser();
  if (await state.native.isAurora(connection)) return {};
  let statements: readonly TextStatement[];
  try {
    statements = statementsOf(state.statements, statement.text);
  } catch (refusal) {
    return { refusal };
  }
  const [only, ...more] = statements;
  if (only === undefined || more.length > 0) return {};
  if (isOwn(only)) return { standIn: only.read.describedAs };
  if (settingStatement(only.node)?.kind === 'show') return { standIn: showSettingSql };
  const inBlock = connection.transactionStatus !== 'I';
  const recognisedAt = performance.now();
  const context = await enter({ state, connection, inBlock, statement, sink: discard, signal, recognisedAt });
  if (context === undefined) return {};
  const { principalInvokeEndpoint: principal } = context.session;
  const standIn =
    (await withModelNames(context, only.node))?.text ??
    (await navigated(context, only.node))?.text ??
    (isRewritten(only) && !readsOnlyHere(only.node) ? only.text : undefined) ??
    (principal === null ? undefined : nameOneInvokeEndpoint(statement.text, only.node, principal));
  await withOverloads(context, () => connection.describe(standIn ?? statement.text, statement.types));
  await settle(context);
  if (!connection.synced) await connection.sync();
  return { standIn };
}
