import type { DropModel } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** DROP MODEL. */
export async function runDropModel(_context: StatementContext, _statement: DropModel): Promise<StatementOutcome> {
  throw featureNotSupported('DROP MODEL is not supported yet');
}
