import type { Node } from 'pg-rewriter';
import { someNode } from 'pg-rewriter';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { featureNotSupported } from '../server/database-error.js';
import { inUnit } from '../server/transaction.js';
import { describeOnly } from '../stubs/stub-mode.js';
import { type BoundSql, type Replay, runToEnd } from './replay.js';

export const isReadOnly = ({ session }: StatementContext): boolean => session.readOnly || session.inRecovery;

const WRITING = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CreateTableAsStmt', 'RefreshMatViewStmt'];

/**
 * Lets the server refuse what writes, before any request: it looks at that before it evaluates anything. Then refuses
 * what would need a place for its results.
 */
export async function refuseWrites(replay: Replay, node: Node, sql: BoundSql): Promise<void> {
  const { context } = replay;
  const { connection, inBlock, session } = context;
  if (someNode(node, (n) => WRITING.some((tag) => tag in n))) {
    await inUnit(context, { keep: false, undone: UndoneCalls.of(context) }, () => {
      describeOnly(connection).catch(() => {});
      return runToEnd(connection, sql);
    });
  }
  if (inBlock || session.inRecovery) {
    throw featureNotSupported(
      'the ML calls of the statement cannot be batched, and a read-only transaction cannot hold their results',
      'Run it in a transaction that may write.',
    );
  }
}
