import type { Node } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import { quoteIdentifier } from '../stubs/quote.js';

/**
 * The query of the materialized view that a REFRESH fills. Undefined for every other statement, and where the REFRESH
 * itself will fail or reads nothing.
 */
export async function refreshedQuery({ connection, state }: StatementContext, node: Node): Promise<Node | undefined> {
  if (!('RefreshMatViewStmt' in node) || node.RefreshMatViewStmt.skipData) return undefined;
  const { schemaname, relname = '' } = node.RefreshMatViewStmt.relation ?? {};
  const name = [schemaname, relname].flatMap((part) => (part === undefined ? [] : [quoteIdentifier(part)])).join('.');
  const { rows } = await connection.run(
    `SELECT pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c
     WHERE c.oid = pg_catalog.to_regclass($1)::pg_catalog.oid AND c.relkind = 'm'`,
    { values: [name] },
  );
  const definition = rows[0]?.[0];
  return definition == null ? undefined : state.statements.parse(definition)[0]?.node;
}
