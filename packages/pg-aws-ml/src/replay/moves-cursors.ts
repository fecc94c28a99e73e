import type { StatementContext } from '../pool-state/statement-context.js';
import { settle } from '../server/transaction.js';
import { openCursors } from './cursors.js';
import { type EffectKind, LastingEffects } from './lasting-effects.js';

/** Moving a cursor: a rollback does not take it back to where it was. */
const moving: EffectKind = { functions: /^(?!)/, commands: ['fetch', 'move'] };

/** What functions do to the cursors that are open. */
export interface MovedCursors {
  /** Whether functions of the statement may move one. */
  readonly any: boolean;
  /** Whether they may come to ML calls thereby. */
  readonly withCalls: boolean;
}

/** Which cursor a function moves only shows while it runs: any that is open may be meant. */
export async function movedCursors(context: StatementContext): Promise<MovedCursors> {
  const { connection, state, statement } = context;
  const effects = await LastingEffects.load(state.catalog, connection, moving);
  await settle(context);
  if (!effects.in(statement.text)) return { any: false, withCalls: false };
  const queries = await openCursors(connection);
  await settle(context);
  return { any: queries.length > 0, withCalls: queries.some((query) => state.names.recogniser.concerns(query)) };
}
