import { runStatistics } from '../monitoring/run-statistics.js';
import { plannedStatement } from '../plan/plan-with-facts.js';
import { observed } from '../pool-state/observed.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { mayChangeCatalog } from '../recognise/statement-kind.js';
import { movedCursors } from '../replay/moves-cursors.js';
import { runsOtherCode } from '../replay/reaches-ml.js';
import { runByWay } from '../ways/run-by-way.js';
import { statementKind } from './statement-handler.js';

/** Queries, data-modifying statements, CALL, DO: whatever evaluates expressions. */
export const query = statementKind<StatementContext, PlannedStatement>({
  name: 'query',
  claims: (node, context) => plannedStatement(context, node),
  async run(context, planned, node) {
    const { connection, state, statement } = context;
    const { plan } = planned;
    const reaches = state.names.recogniser.reachesUnnamed(statement.text) || plan.kind !== 'plain';
    if (!reaches && !(await runsOtherCode(context, node)) && !(await movedCursors(context)).withCalls) {
      if (await runStatistics(context, node)) return 'answered';
      await connection.sync();
      return 'pass-through';
    }
    const changesCatalog = mayChangeCatalog(node) || (plan.kind === 'batch' && plan.writes && !('InsertStmt' in node));
    try {
      await observed(context, node, (watched) => runByWay(watched, node, planned));
    } finally {
      if (changesCatalog) state.forgetCatalog();
    }
    return 'answered';
  },
});
