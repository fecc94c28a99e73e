import type { ShowModel } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** SHOW MODEL. */
export async function runShowModel(_context: StatementContext, _statement: ShowModel): Promise<StatementOutcome> {
  throw featureNotSupported('SHOW MODEL is not supported yet');
}
