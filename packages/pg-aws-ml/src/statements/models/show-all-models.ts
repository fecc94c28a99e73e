import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** SHOW MODEL ALL. */
export async function runShowAllModels(_context: StatementContext): Promise<StatementOutcome> {
  throw featureNotSupported('SHOW MODEL ALL is not supported yet');
}
