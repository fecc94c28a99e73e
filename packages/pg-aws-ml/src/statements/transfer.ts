import type { StatementContext } from '../pool-state/statement-context.js';
import { mayChangeCatalog } from '../recognise/statement-kind.js';
import { databaseError } from '../server/database-error.js';
import { transfersRevision } from '../stubs/sql/transfers.js';
import { callsTransfers } from '../transfers/calls-in-statement.js';
import { statementKind } from './statement-handler.js';

/** Statements that call aws_s3, or a function that does. */
export const transfer = statementKind<StatementContext, ReadonlySet<string>>({
  name: 'transfer',
  async claims(node, { session, state, connection }) {
    if (session.transfers === null) return undefined;
    const names = await state.catalog.transferNames(connection);
    return callsTransfers(node, names) ? names : undefined;
  },
  async run(context, names, node) {
    if (context.session.transfers !== transfersRevision) {
      throw databaseError('55000', 'the extension aws_s3 in this database belongs to another version of pg-aws-ml', {
        hint: 'Run ALTER EXTENSION aws_s3 UPDATE through this Pool, as the owner of the extension.',
      });
    }
    const { runTransfers } = await import('../transfers/run-transfers.js');
    await runTransfers(context, node, names);
    if (mayChangeCatalog(node)) context.state.forgetCatalog();
    return 'answered';
  },
});
