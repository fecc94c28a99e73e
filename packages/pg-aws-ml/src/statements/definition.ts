import { runNatively } from '../natively/run-natively.js';
import { observed } from '../pool-state/observed.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { evaluatesExpressions, mayChangeCatalog } from '../recognise/statement-kind.js';
import { settle } from '../server/transaction.js';
import { outsidePoolCode, outsidePoolHint } from '../stubs/names.js';
import { runByWay } from '../ways/run-by-way.js';
import { invokeEndpointGrant, reachAllOverloads } from './grant.js';
import { claimIf, statementKind } from './statement-handler.js';

/** What the planner says of definitions that evaluate expressions over rows that are there. */
export const definitionCalls: PlannedStatement = {
  plan: { kind: 'declined', reason: 'statement-kind', message: 'a definition makes the calls' },
  description: undefined,
};

/**
 * DDL, GRANT and the like: the server runs them; what they change is read anew. Those that come to an ML call, over the
 * rows of a table or in an event trigger, have done nothing then, and run as statements with calls do.
 */
export const definition = statementKind<StatementContext, true>({
  name: 'definition',
  claims: (node) => claimIf(!evaluatesExpressions(node)),
  async run(context, _, node) {
    const { connection, state } = context;
    const grant = invokeEndpointGrant(node);
    const text = grant === undefined ? undefined : await reachAllOverloads(connection, grant);
    // Some are refused behind others that are sent with them, such as REINDEX of a partitioned table.
    await settle(context);
    try {
      await runNatively(context, text);
    } catch (error) {
      if (!hasReachedMl(error)) throw error;
      await settle(context);
      await observed(context, node, (watched) => runByWay(watched, node, definitionCalls));
    } finally {
      if (mayChangeCatalog(node)) state.forgetCatalog();
    }
    return 'answered';
  },
});

function hasReachedMl(error: unknown): boolean {
  const { code, hint } = (error ?? {}) as { code?: unknown; hint?: unknown };
  return code === outsidePoolCode && hint === outsidePoolHint;
}
