import type { Node } from 'pg-rewriter';
import { someNode } from 'pg-rewriter';
import { UndoneCalls } from '../monitoring/undone-calls.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { featureNotSupported } from '../server/database-error.js';
import { setStubMode } from '../stubs/stub-mode.js';
import { type BoundSql, type Replay, runToEnd } from './replay.js';
import { TransactionUnit } from './transaction-unit.js';

export const isReadOnly = ({ session }: StatementContext): boolean => session.readOnly || session.inRecovery;

const WRITING = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CreateTableAsStmt', 'RefreshMatViewStmt'];

/**
 * Lets the server refuse what writes, before any request: it looks at that before it evaluates anything. Then refuses
 * what would need a place for its results.
 */
export async function refuseWrites(replay: Replay, node: Node, sql: BoundSql): Promise<void> {
  const { context, inBlock } = replay;
  const { connection, session } = context;
  if (!inBlock) await connection.sync();
  if (someNode(node, (n) => WRITING.some((tag) => tag in n))) {
    const unit = TransactionUnit.begin(connection, inBlock, UndoneCalls.of(context));
    try {
      setStubMode(connection, 'describe').catch(() => {});
      await runToEnd(connection, sql);
    } finally {
      await unit.undo();
    }
  }
  if (inBlock || session.inRecovery) {
    throw featureNotSupported(
      'the ML calls of the statement cannot be batched, and a read-only transaction has no place for their results',
      'Run it in a transaction that may write.',
    );
  }
}
