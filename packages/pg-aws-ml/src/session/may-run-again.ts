import type { Node } from 'pg-rewriter';
import type { EngineState } from '../pool-state/engine-state.js';
import { runsProgram, standsAlone } from '../recognise/statement-kind.js';
import { LastingEffects, unrepeatable, unrepeatableOrCommitted } from '../replay/lasting-effects.js';
import type { ServerConnection } from '../server/server-connection.js';

/**
 * Whether a text that the server has run, and that has failed, can run again as if it hadn't. What stood outside a
 * transaction block was rolled back, but for what commits on its way: CREATE INDEX CONCURRENTLY and the like, CALL, DO,
 * and texts that end transactions themselves.
 */
export async function mayRunAgain(
  state: EngineState,
  connection: ServerConnection,
  nodes: readonly Node[],
  text: string,
): Promise<boolean> {
  const [only, another] = nodes;
  const undone = another === undefined ? only !== undefined && isOneTransaction(only) : !nodes.some(endsTransaction);
  if (!undone || nodes.some(runsProgram)) return false;
  const kind = nodes.some((node) => 'CallStmt' in node || 'DoStmt' in node) ? unrepeatableOrCommitted : unrepeatable;
  const effects = await LastingEffects.load(state.catalog, connection, kind);
  await connection.sync();
  return !effects.in(text);
}

const isOneTransaction = (node: Node): boolean => !endsTransaction(node) && !standsAlone(node);

const endsTransaction = (node: Node): boolean => 'TransactionStmt' in node;
