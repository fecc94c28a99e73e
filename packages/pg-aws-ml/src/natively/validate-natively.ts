import { type MlFunctionName, mlFunctions } from 'aws-ml-core';
import type { StatementContext } from '../pool-state/statement-context.js';
import type { ServerConnection, StatementDescription } from '../server/server-connection.js';
import type { Statement } from '../server/statement.js';
import { describeOnly, endStubMode } from '../stubs/stub-mode.js';
import { refuseUntypedInput, untypedInput } from './untyped-input.js';

/**
 * Raises `permission denied` where the role may not execute an ML function that the statement reaches through a wrapper
 * or a view: EXPLAIN sees it only where PostgreSQL inlines the wrapper.
 */
export async function checkExecutePrivilege(
  { connection, session }: Pick<StatementContext, 'connection' | 'session'>,
  functions: ReadonlySet<MlFunctionName>,
): Promise<void> {
  await Promise.all(
    mlFunctions
      .filter((f) => functions.has(f.qualifiedName) && !session.executable.has(f.qualifiedName))
      // Who calls them by way of stored objects: the server tells when it runs the statement.
      .filter((f) => !session.callableUnnamed.has(f.qualifiedName))
      .map((f) => {
        const nulls = f.parameters.map((p) => (p.type === 'int4' ? 'NULL::int4' : 'NULL::varchar'));
        return connection.run(`EXPLAIN SELECT ${f.qualifiedName}(${nulls.join(', ')})`);
      }),
  );
}

/**
 * Lets PostgreSQL check the statement as the application wrote it, before any request: syntax, names, types and
 * parameters by Parse, and privileges by EXPLAIN, which raises `permission denied for function` as execution would.
 */
export async function validateNatively(
  connection: ServerConnection,
  statement: Statement,
): Promise<StatementDescription> {
  const [description] = await Promise.all([
    connection.describe(statement.text, statement.types ?? []),
    explainNatively(connection, statement),
  ]);
  const untyped = untypedInput(statement, description);
  if (untyped !== undefined) await refuseUntypedInput(connection, untyped);
  return description;
}

/** The check of privileges alone, for a statement that was described before. It is made every time. */
export async function explainNatively(connection: ServerConnection, statement: Statement): Promise<void> {
  const { values = [], types = [] } = statement;
  // The planner evaluates wrappers that are declared IMMUTABLE.
  await Promise.all([
    describeOnly(connection),
    connection.run(`EXPLAIN ${statement.text}`, { values, types }),
    endStubMode(connection),
  ]);
}
