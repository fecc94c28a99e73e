import type { DropModel } from 'pg-rewriter';
import { dropModel } from '../../models/drop-model.js';
import { modelContext } from '../../models/pool-models.js';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';

/** DROP MODEL. */
export async function runDropModel(context: StatementContext, statement: DropModel): Promise<StatementOutcome> {
  try {
    await dropModel(modelContext(context), statement);
  } finally {
    context.state.forgetCatalog();
  }
  return 'answered';
}
