import type { CreateModel } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** CREATE MODEL. */
export async function runCreateModel(_context: StatementContext, _statement: CreateModel): Promise<StatementOutcome> {
  throw featureNotSupported('CREATE MODEL is not supported yet');
}
