import type { Node } from 'pg-rewriter';
import type { StatementContext } from '../engine/session-context.js';
import { StatementDeadline } from '../engine/statement-deadline.js';
import { validateNatively } from '../engine/validate-natively.js';
import { withOverloads } from '../engine/with-overloads.js';
import { newNonce } from '../extension/stub-report.js';
import { canRunLive } from '../live/run-live.js';
import { databaseError } from '../server/database-error.js';
import type { CallOutcomes } from './call-outcomes.js';
import { collectRounds, NeedsLive } from './collect-rounds.js';
import { MlMentions } from './ml-mentions.js';
import { writesReachMl } from './reaches-ml.js';
import { readShadow } from './read-shadow.js';
import { refreshedQuery } from './refreshed-query.js';
import type { BoundSql, Replay } from './replay.js';
import { shadowOf } from './shadows/shadow-of.js';
import { strictRun } from './strict-run.js';

/** Runs that ask for a result which isn't there, because others change the rows, before the statement gives up. */
const MAX_STRICT_RUNS = 8;

/**
 * Runs a statement by replay: finds out the inputs of its calls without changing anything, invokes the services, and
 * runs it for real with all results at hand. Leaves the connection synced.
 *
 * @param outcomes takes what the services answer
 * @throws NeedsLive where that can't work; then nothing has happened
 */
export async function replayStatement(context: StatementContext, node: Node, outcomes: CallOutcomes): Promise<void> {
  const { connection, state } = context;
  const inBlock = connection.transactionStatus === 'T';
  const deadline = new StatementDeadline(context.session.statementTimeout, context.signal);
  const invocations = state.invoker.openStatement({ signal: deadline.signal, isolateErrors: true });
  const replay: Replay = {
    context,
    inBlock,
    nonce: newNonce(),
    outcomes,
    invocations,
  };
  try {
    await run(replay, node);
  } finally {
    deadline.clear();
    invocations.close();
  }
}

async function run(replay: Replay, node: Node): Promise<void> {
  const { context } = replay;
  const { connection, statement } = context;
  const sql: BoundSql = { text: statement.text, values: statement.values ?? [], types: statement.types ?? [] };
  if (!(await readInAdvance(replay, node))) await collectRounds(replay, sql);
  for (let attempt = 1; !(await strictRun(replay, sql)); attempt++) {
    context.signal.throwIfAborted();
    if (attempt === MAX_STRICT_RUNS) {
      if (canRunLive(context)) throw new NeedsLive('the inputs change from run to run');
      throw databaseError('40001', 'the rows that the statement reads kept changing while their inputs were sent');
    }
    await collectRounds(replay, sql);
  }
  await connection.sync();
}

/** Reads what the statement would compute, where a shadow can tell. */
async function readInAdvance(replay: Replay, node: Node): Promise<boolean> {
  const { context, inBlock } = replay;
  const { connection, state } = context;
  const explainable = !['RefreshMatViewStmt', 'CallStmt', 'DoStmt', 'FetchStmt', 'CopyStmt'].some((tag) => tag in node);
  let types: readonly number[] = [];
  if (explainable) {
    const description = await withOverloads(context, () => validateNatively(connection, context.statement));
    types = description.parameterTypes;
  }
  const ml = new MlMentions((await state.catalog.mlReach(connection)).names);
  const hidden = await writesReachMl(context, node);
  const shadow = hidden ? undefined : ((await refreshedQuery(connection, node)) ?? shadowOf(node, ml));
  if (!inBlock) await connection.sync();
  return shadow !== undefined && readShadow(replay, shadow, types);
}
