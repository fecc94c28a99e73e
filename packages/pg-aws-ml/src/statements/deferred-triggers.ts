import type { Node } from 'pg-rewriter';
import { observed } from '../pool-state/observed.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { ServerConnection } from '../server/server-connection.js';
import { discard } from '../server/statement.js';
import { rollBack } from '../server/transaction.js';
import { runByWay } from '../ways/run-by-way.js';
import { firesDeferred } from './block-boundary.js';
import { claimIf, statementKind } from './statement-handler.js';

const FIRE = 'SET CONSTRAINTS ALL IMMEDIATE';
const fire: Node = { ConstraintsSetStmt: {} };

const triggersCall: PlannedStatement = {
  plan: { kind: 'declined', reason: 'statement-kind', message: 'deferred triggers make the calls' },
  description: undefined,
};

/** The end of a block, or SET CONSTRAINTS: both run triggers that were deferred. */
export const deferredTriggers = statementKind<StatementContext, true>({
  name: 'deferred-triggers',
  claims: (node) => claimIf('TransactionStmt' in node || 'ConstraintsSetStmt' in node),
  async run(context, _, node) {
    const fires = firesDeferred(context, node) && (await hasWritten(context.connection));
    if (fires && 'ConstraintsSetStmt' in node) {
      await observed(context, node, (watched) => runByWay(watched, node, triggersCall));
      return 'answered';
    }
    if (fires) await fireDeferred(context, node);
    else await context.connection.sync();
    return 'pass-through';
  },
});

/** Whether the open transaction has changed anything: else no trigger is deferred. */
async function hasWritten(connection: ServerConnection): Promise<boolean> {
  const { rows } = await connection.run('SELECT pg_catalog.txid_current_if_assigned() IS NOT NULL');
  return rows[0]?.[0] === 't';
}

/**
 * Lets the deferred triggers of the open block make their ML calls now, where COMMIT would be the next to run them:
 * nothing can be run again after it. Where they fail, so has COMMIT: the block is rolled back.
 */
export async function fireDeferred(context: StatementContext, end: Node): Promise<void> {
  const statement = { text: FIRE, values: undefined };
  try {
    await observed({ ...context, statement, sink: discard }, end, (watched) => runByWay(watched, fire, triggersCall));
  } catch (error) {
    await rollBack(context.connection);
    throw error;
  }
}
