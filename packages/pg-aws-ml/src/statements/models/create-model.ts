import type { CreateModel } from 'pg-rewriter';
import { createModel } from '../../models/create-model.js';
import { modelContext } from '../../models/pool-models.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** CREATE MODEL. */
export async function runCreateModel(context: StatementContext, statement: CreateModel): Promise<StatementOutcome> {
  try {
    await createModel(modelContext(context), statement);
  } finally {
    context.state.forgetCatalog();
  }
  return 'answered';
}
