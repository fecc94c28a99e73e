import type { Node } from 'pg-rewriter';
import { observed } from '../pool-state/observed.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { discard } from '../server/statement.js';
import { rollBack } from '../server/transaction.js';
import { runUnsplit } from './run-unsplit.js';

const FIRE = 'SET CONSTRAINTS ALL IMMEDIATE';
const fire: Node = { ConstraintsSetStmt: {} };

/**
 * Lets the deferred triggers of the open block make their ML calls now, where COMMIT would be the next to run them:
 * nothing can be run again after it. Where they fail, so has COMMIT: the block is rolled back.
 */
export async function fireDeferred(context: StatementContext, end: Node): Promise<void> {
  const statement = { text: FIRE, values: undefined };
  try {
    await observed({ ...context, statement, sink: discard }, end, (watched) => runDeferred(watched, fire));
  } catch (error) {
    await rollBack(context.connection);
    throw error;
  }
}

/** Runs a SET CONSTRAINTS, which fires what it makes immediate. */
export const runDeferred = (context: StatementContext, node: Node): Promise<void> =>
  runUnsplit(context, node, 'deferred triggers make the calls');
