import type { ModelPrivileges } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import { featureNotSupported } from '../../server/database-error.js';
import type { StatementOutcome } from '../../server/statement.js';

/** GRANT and REVOKE of models. */
export async function runModelPrivileges(
  _context: StatementContext,
  _statement: ModelPrivileges,
): Promise<StatementOutcome> {
  throw featureNotSupported('GRANT and REVOKE of models is not supported yet');
}
