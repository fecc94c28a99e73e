import { modelContext } from '../../models/pool-models.js';
import { showAllModels } from '../../models/show-model.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** SHOW MODEL ALL. */
export async function runShowAllModels(context: StatementContext): Promise<StatementOutcome> {
  await showAllModels(modelContext(context));
  return 'answered';
}
