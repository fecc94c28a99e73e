import type { ServerConnection } from './server-connection.js';

const LIFTED = "pg_catalog.set_config('statement_timeout', '0', true)";

/**
 * Runs a look-up that ends with `sync` without the `statement_timeout` of the session, which is meant for the
 * application's statements: they must not fail by what we ask beside them. Undefined where the timeout could not even be
 * lifted and the connection is ready; in a block, the block has failed then.
 */
export async function withoutStatementTimeout<Result>(
  connection: ServerConnection,
  lookUp: () => Promise<Result>,
): Promise<Result | undefined> {
  if (connection.transactionStatus === 'I') return beforeSync(connection, lookUp);
  const { rows } = await connection.run(`SELECT pg_catalog.current_setting('statement_timeout'), ${LIFTED}`);
  const result = await lookUp();
  const restored = connection.run("SELECT pg_catalog.set_config('statement_timeout', $1, true)", {
    values: [rows[0]?.[0] ?? '0'],
    types: [25],
  });
  await Promise.all([restored, connection.sync()]);
  return result;
}

/** Goes out with the look-up, and holds until its `sync`. */
async function beforeSync<Result>(
  connection: ServerConnection,
  lookUp: () => Promise<Result>,
): Promise<Result | undefined> {
  const lifted = connection.run(`SELECT ${LIFTED}`).then(
    () => true,
    () => false,
  );
  try {
    return await lookUp();
  } catch (error) {
    if (await lifted) throw error;
    await connection.sync();
    return undefined;
  }
}
