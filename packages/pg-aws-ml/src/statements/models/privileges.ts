import type { ModelPrivileges } from 'pg-rewriter';
import { runPrivileges } from '../../models/model-privileges.js';
import { modelContext } from '../../models/pool-models.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** GRANT and REVOKE of models. */
export async function runModelPrivileges(
  context: StatementContext,
  statement: ModelPrivileges,
): Promise<StatementOutcome> {
  try {
    await runPrivileges(modelContext(context), statement);
  } finally {
    context.state.forgetCatalog();
  }
  return 'answered';
}
