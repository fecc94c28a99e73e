import { type ModelStatement, readModelStatement } from 'pg-rewriter';
import type { StatementContext } from '../../pool-state/statement-context.js';
import type { StatementOutcome } from '../../server/statement.js';
import type { TextKind } from '../statement-handler.js';
import { runCreateExternalModel } from './create-external-model.js';
import { runCreateModel } from './create-model.js';
import { runDropModel } from './drop-model.js';
import { runExplainModel } from './explain-model.js';
import { runModelPrivileges } from './privileges.js';
import { runShowAllModels } from './show-all-models.js';
import { runShowModel } from './show-model.js';

/** CREATE MODEL and its family. */
export const models: TextKind = {
  name: 'models',
  read(text) {
    const statement = readModelStatement(text);
    if (statement === undefined) return undefined;
    return { describedAs: columnsOf(statement), run: (context) => run(context, statement) };
  },
};

function run(context: StatementContext, statement: ModelStatement): Promise<StatementOutcome> {
  switch (statement.kind) {
    case 'train model':
    case 'remote model':
    case 'import model':
      return runCreateModel(context, statement);
    case 'external model':
      return runCreateExternalModel(context, statement);
    case 'explain model':
      return runExplainModel(context, statement);
    case 'show model':
      return runShowModel(context, statement);
    case 'show all models':
      return runShowAllModels(context);
    case 'drop model':
      return runDropModel(context, statement);
    case 'model privileges':
      return runModelPrivileges(context, statement);
  }
}

/** The columns that a client of the wire protocol is told of before the statement runs. */
function columnsOf({ kind }: ModelStatement): string {
  switch (kind) {
    case 'show model':
      return `SELECT NULL::text AS "Key", NULL::text AS "Value"`;
    case 'show all models':
      return `SELECT NULL::text AS "Schema Name", NULL::text AS "Model Name"`;
    case 'explain model':
      return `SELECT NULL::text AS "QUERY PLAN"`;
    default:
      return '';
  }
}
