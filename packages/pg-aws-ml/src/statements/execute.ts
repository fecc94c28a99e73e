import type { Node } from 'pg-rewriter';
import { runNatively } from '../natively/run-natively.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { argumentsFit, type PreparedQuery, preparedQuery, withArguments } from '../replay/prepared-statement.js';
import { discard } from '../server/statement.js';
import { inUnit } from '../server/transaction.js';
import { type Answer, statementKind } from './statement-handler.js';

/** EXECUTE: the query that was prepared, with the values of its arguments, in its place. */
export const execute = statementKind<StatementContext, PreparedQuery>({
  name: 'execute',
  claims: (node, context) => preparedQuery(context, node),
  async run(context, prepared, node, answer) {
    const { connection, state } = context;
    const { text, resultFormats } = context.statement;
    const argumentsCall = prepared.arguments !== undefined && state.names.recogniser.concerns(prepared.arguments.text);
    const reaches = argumentsCall || state.names.recogniser.concerns(prepared.text);
    // The server evaluates the arguments of what it runs itself, once.
    if (!reaches || !(await argumentsFit(context, node))) {
      await connection.sync();
      return 'pass-through';
    }
    const run = async (within: StatementContext): Promise<void> => {
      const statement = { ...(await withArguments(within, prepared, answer)), shown: text, resultFormats };
      const outcome = await answer({ ...within, statement }, prepared.node);
      if (outcome === 'pass-through') await runNatively({ ...within, statement });
    };
    await (argumentsCall && !context.inBlock ? inOwnBlock(context, answer, run) : run(context));
    return 'answered';
  },
});

const COMMIT: Node = { TransactionStmt: { kind: 'TRANS_STMT_COMMIT' } };

/** Runs statements that stand for one in one transaction: as a block, which is ended as an application's is. */
async function inOwnBlock(
  context: StatementContext,
  answer: Answer<StatementContext>,
  run: (within: StatementContext) => Promise<void>,
): Promise<void> {
  await inUnit(context, { keep: true }, async () => {
    await context.connection.sync();
    const within = { ...context, inBlock: true };
    await run(within);
    // Deferred triggers may make calls, too.
    await answer({ ...within, statement: { text: 'COMMIT', values: undefined }, sink: discard }, COMMIT);
  });
}
