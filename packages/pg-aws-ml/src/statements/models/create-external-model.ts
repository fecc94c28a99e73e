import type { CreateExternalModel } from 'pg-rewriter';
import { createExternalModel } from '../../models/create-external-model.js';
import { modelContext } from '../../models/pool-models.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** CREATE EXTERNAL MODEL. */
export async function runCreateExternalModel(
  context: StatementContext,
  statement: CreateExternalModel,
): Promise<StatementOutcome> {
  try {
    await createExternalModel(modelContext(context), statement);
  } finally {
    context.state.forgetCatalog();
  }
  return 'answered';
}
