import type { ExplainCreateModel } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** EXPLAIN CREATE MODEL. */
export async function runExplainModel(
  _context: StatementContext,
  _statement: ExplainCreateModel,
): Promise<StatementOutcome> {
  throw featureNotSupported('EXPLAIN CREATE MODEL is not supported yet');
}
