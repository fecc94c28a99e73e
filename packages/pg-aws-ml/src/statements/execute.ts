import type { StatementContext } from '../pool-state/statement-context.js';
import { executedQuery, type PreparedQuery } from '../replay/prepared-statement.js';
import { statementKind } from './statement-handler.js';

/** EXECUTE: the query that was prepared, with the values of its arguments, in its place. */
export const execute = statementKind<StatementContext, PreparedQuery>({
  name: 'execute',
  claims: (node, { connection }) => executedQuery(connection, node),
  run: (context, { statement, node }, _, answer) => answer({ ...context, statement }, node),
});
