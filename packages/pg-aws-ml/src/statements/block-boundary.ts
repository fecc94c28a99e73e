import type { Node } from 'pg-rewriter';
import { runsDeferredTriggers } from '../recognise/statement-kind.js';
import { claimIf, type StatementRequest, statementKind } from './statement-handler.js';

/** BEGIN, COMMIT and their like, where they run no deferred triggers with ML calls: the server's. */
export const blockBoundary = statementKind<StatementRequest, true>({
  name: 'block-boundary',
  claims: (node, context) => claimIf('TransactionStmt' in node && !firesDeferred(context, node)),
  async run({ connection, state }) {
    if (connection.transactionStatus === 'I' && state.names.wantsLook) {
      // BEGIN is none the worse for a look that fails.
      await state.look(connection).catch(() => connection.sync());
    }
    return 'pass-through';
  },
});

/** Whether a statement runs deferred triggers that may make ML calls. */
export const firesDeferred = ({ connection, state }: StatementRequest, node: Node): boolean =>
  connection.transactionStatus === 'T' && state.names.hasDeferred && runsDeferredTriggers(node);
