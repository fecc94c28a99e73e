import { runExplain } from '../explain/run-explain.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { claimIf, statementKind } from './statement-handler.js';

/** EXPLAIN, with and without ANALYZE. */
export const explain = statementKind<StatementContext, true>({
  name: 'explain',
  claims: (node) => claimIf('ExplainStmt' in node),
  run: (context, _, node, answer) => runExplain(context, node, answer),
});
