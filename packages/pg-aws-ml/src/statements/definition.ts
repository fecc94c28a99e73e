import { runNatively } from '../natively/run-natively.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { evaluatesExpressions, mayChangeCatalog } from '../recognise/statement-kind.js';
import { invokeEndpointGrant, reachAllOverloads } from './grant.js';
import { claimIf, statementKind } from './statement-handler.js';

/** DDL, GRANT and the like: the server runs them; what they change is read anew. */
export const definition = statementKind<StatementContext, true>({
  name: 'definition',
  claims: (node) => claimIf(!evaluatesExpressions(node)),
  async run(context, _, node) {
    const { connection, state } = context;
    const grant = invokeEndpointGrant(node);
    const text = grant === undefined ? undefined : await reachAllOverloads(connection, grant);
    try {
      await runNatively(context, text);
    } finally {
      if (mayChangeCatalog(node)) state.forgetCatalog();
    }
    return 'answered';
  },
});
