import { type StatementRequest, statementKind } from '../statement-handler.js';
import { type ExtensionStatement, extensionStatement, runExtensionStatement } from './extension-statement.js';

/** CREATE, ALTER and DROP EXTENSION of aws_ml, aws_commons and aws_s3. */
export const extension = statementKind<StatementRequest, ExtensionStatement>({
  name: 'extension',
  claims: extensionStatement,
  async run({ connection, sink, state }, statement) {
    await runExtensionStatement(connection, statement, sink);
    state.forgetCatalog();
    return 'answered';
  },
});
