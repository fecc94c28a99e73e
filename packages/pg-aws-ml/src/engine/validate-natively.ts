import { setStubMode } from '../extension/stub-mode.js';
import type { ServerConnection, StatementDescription } from '../server/server-connection.js';
import type { Statement } from '../server/statement.js';

/**
 * Lets PostgreSQL check the statement as the application wrote it, before any request: syntax, names, types and
 * parameters by Parse, and privileges by EXPLAIN, which raises `permission denied for function` as execution would.
 */
export async function validateNatively(
  connection: ServerConnection,
  statement: Statement,
): Promise<StatementDescription> {
  // The planner evaluates wrappers that are declared IMMUTABLE.
  const [, description] = await Promise.all([
    setStubMode(connection, 'describe'),
    connection.describe(statement.text, statement.types ?? []),
    connection.run(`EXPLAIN ${statement.text}`, {
      values: statement.values ?? [],
      types: statement.types ?? [],
    }),
    setStubMode(connection, 'off'),
  ]);
  return description;
}
