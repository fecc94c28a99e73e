import type { ExplainCreateModel } from 'pg-rewriter';
import { explainCreateModel } from '../../models/explain-create-model.js';
import { modelContext } from '../../models/pool-models.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** EXPLAIN CREATE MODEL. */
export async function runExplainModel(
  context: StatementContext,
  statement: ExplainCreateModel,
): Promise<StatementOutcome> {
  await explainCreateModel(modelContext(context), statement);
  return 'answered';
}
