import { addMissingOverload, missingModelInputs } from '../extension/missing-overload.js';
import type { StatementContext } from './session-context.js';

/** A statement that needs more overloads than this is taken for a mistake. */
const MAX_OVERLOADS = 100;
const SAVEPOINT = 'aws_ml_overload';

/**
 * Runs work that may name `invoke_endpoint` with argument types that it hasn't been called with before: creates the
 * overload that PostgreSQL misses and tries again.
 */
export async function withOverloads<T>(context: StatementContext, work: () => Promise<T>): Promise<T> {
  const { connection, statement } = context;
  if (!/invoke_endpoint/i.test(statement.text)) return work();
  const inBlock = connection.transactionStatus === 'T';
  for (let attempt = 0; ; attempt++) {
    if (inBlock) await connection.run(`SAVEPOINT ${SAVEPOINT}`);
    try {
      const result = await work();
      if (inBlock) await connection.run(`RELEASE SAVEPOINT ${SAVEPOINT}`);
      return result;
    } catch (error) {
      if (missingModelInputs(error) === undefined || attempt === MAX_OVERLOADS) throw error;
      await connection.sync();
      if (inBlock) await connection.run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`);
      await addMissingOverload(connection, error);
      if (!inBlock) await connection.sync();
    }
  }
}
