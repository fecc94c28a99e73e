import type { ShowModel } from 'pg-rewriter';
import { modelContext } from '../../models/pool-models.js';
import { showModel } from '../../models/show-model.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** SHOW MODEL. */
export async function runShowModel(context: StatementContext, statement: ShowModel): Promise<StatementOutcome> {
  await showModel(modelContext(context), statement);
  return 'answered';
}
