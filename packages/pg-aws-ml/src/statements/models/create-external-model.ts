import type { CreateExternalModel } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** CREATE EXTERNAL MODEL. */
export async function runCreateExternalModel(
  _context: StatementContext,
  _statement: CreateExternalModel,
): Promise<StatementOutcome> {
  throw featureNotSupported('CREATE EXTERNAL MODEL is not supported yet');
}
