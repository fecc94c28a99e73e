import { type Node, tryDeparse } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import { validateNatively } from '../natively/validate-natively.js';
import { withOverloads } from '../natively/with-overloads.js';
import { planWithFacts } from '../plan/plan-with-facts.js';
import { asServerError } from '../pool-state/as-server-error.js';
import { wayDeclined } from '../pool-state/forced-way.js';
import { observed } from '../pool-state/observed.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { StatementDeadline } from '../pool-state/statement-deadline.js';
import { WayRefused } from '../pool-state/way-refused.js';
import { collectRounds } from '../replay/collect-rounds.js';
import { runsOtherCode } from '../replay/reaches-ml.js';
import { isReadOnly, refuseWrites } from '../replay/read-only.js';
import { readShadow, shadowNode } from '../replay/read-shadow.js';
import { type BoundSql, provideResults, type Replay } from '../replay/replay.js';
import { leaveSession, workersPerGather } from '../replay/strict-run.js';
import { featureNotSupported } from '../server/database-error.js';
import type { NativeRun, StatementOutcome } from '../server/statement.js';
import { inUnit, settle, TransactionUnit } from '../server/transaction.js';
import { CallOutcomes } from '../stubs/call-outcomes.js';
import { sessionNonce } from '../stubs/session-nonce.js';
import { readStubReport } from '../stubs/stub-report.js';
import { statementKind } from './statement-handler.js';

/** The query whose rows a COPY copies. */
export const copiedQuery = (node: Node): Node | undefined =>
  'CopyStmt' in node && !node.CopyStmt.is_from ? node.CopyStmt.query : undefined;

/**
 * Gets the results of all calls in `COPY (query) TO …`, and leaves the session such that the statement itself, run by
 * whoever wants its data, finds them: a transaction of its own, or a savepoint of the open block.
 */
export async function prepareCopy(context: StatementContext, node: Node, query: Node): Promise<StatementOutcome> {
  const text = tryDeparse(query);
  const plan = text === undefined ? undefined : await planWithFacts(context, query, text);
  const plain = plan === undefined || (plan.kind === 'plain' && !(await runsOtherCode(context, query)));
  await settle(context);
  // What the server refuses it refuses best in the application's own words; so it does what cannot be written down.
  if (text === undefined || plain || !(await isValid(context, text))) return 'pass-through';
  return observed(context, node, (watched) => prepareRun(watched, query, text));
}

async function prepareRun(context: StatementContext, query: Node, text: string): Promise<NativeRun> {
  refuseTextSettings(context.session);
  const { connection, state, signal, session } = context;
  const { forcedWay = 'replay' } = state;
  if (forcedWay !== 'replay') throw wayDeclined(forcedWay, 'the server copies the rows');
  context.watch?.validated?.();
  context.watch?.runs?.('replay', 'the server copies the rows');
  const deadline = new StatementDeadline(session.statementTimeout, signal);
  const invocations = state.invoker.openStatement({
    signal: deadline.signal,
    isolateErrors: true,
    observer: context.watch,
    budgetOwner: context.statement,
  });
  const nonce = sessionNonce(connection);
  const replay: Replay = { context, nonce, outcomes: new CallOutcomes(), invocations };
  let own: TransactionUnit | undefined;
  try {
    if (isReadOnly(context)) await refuseWrites(replay, query, boundSql(text));
    own = context.inBlock ? undefined : begin(context, query);
    // The own transaction is a block like that of an application, with one snapshot for collecting and copying.
    const within = { ...replay, context: { ...context, inBlock: true } };
    await collect(within, query, text);
    const { value: parallel } = await workersPerGather(within);
    const unit = TransactionUnit.begin(within.context);
    provideResults(within, 'strict');
    await connection.sync();
    return nativeRun(within, own, unit, parallel);
  } catch (error) {
    const raised = await asServerError(connection, explained(error), deadline);
    replay.outcomes.describe(raised);
    await own?.undo().catch(() => {});
    throw raised;
  } finally {
    deadline.clear();
    invocations.close();
  }
}

const boundSql = (text: string): BoundSql => ({ text, values: [], types: [] });

/** Whether the server finds the query valid and permitted. */
async function isValid(context: StatementContext, text: string): Promise<boolean> {
  const { connection, inBlock } = context;
  const statement = { text, values: [] };
  const validate = () => withOverloads({ ...context, statement }, () => validateNatively(connection, statement));
  try {
    await (inBlock ? inUnit(context, { keep: true }, validate) : validate());
    return true;
  } catch {
    return false;
  } finally {
    await settle(context);
  }
}

function begin(context: StatementContext, query: Node): TransactionUnit {
  const { session } = context;
  const steady = session.transactionIsolation === 'read committed' && 'SelectStmt' in query;
  return TransactionUnit.begin(context, {
    isolation: steady ? 'REPEATABLE READ' : undefined,
    writable: session.readOnly,
  });
}

async function collect(replay: Replay, query: Node, text: string): Promise<void> {
  const { context } = replay;
  // A write that is undone would leave gaps in its sequences.
  const node = 'SelectStmt' in query ? query : await shadowNode(context, query);
  await settle(context);
  const read = node === undefined || node === query ? text : tryDeparse(node);
  const splittable = node !== undefined && read !== undefined && context.session.functionMigration;
  if (splittable) await readShadow(replay, { node, sql: boundSql(read) });
  else await collectRounds(replay, boundSql(read ?? text));
}

function explained(error: unknown): unknown {
  if (!(error instanceof WayRefused)) return error;
  return featureNotSupported(
    'the ML calls of a COPY cannot run one by one',
    'Store the results in a table, and copy that.',
  );
}

/** @param own the transaction that was begun for the statement */
function nativeRun(
  replay: Replay,
  own: TransactionUnit | undefined,
  unit: TransactionUnit,
  parallel: string,
): NativeRun {
  return {
    failed: (error) => replay.outcomes.describe(error),
    takesNotice: (notice) => readStubReport(notice, replay.nonce) !== undefined,
    finish: async (connection) => {
      const failed = connection.transactionStatus !== 'T';
      // A failed block stays as it is: whatever ends it ends what was prepared.
      if (own !== undefined) await (failed ? own.undo('statement', connection) : own.keep(connection));
      else if (!failed) {
        await leaveSession({ ...replay, context: { ...replay.context, connection } }, parallel);
        await unit.keep(connection);
      }
    },
  };
}

/** COPY of a query. */
export const copyTo = statementKind<StatementContext, Node>({
  name: 'copy-to',
  claims: copiedQuery,
  run: (context, claim, node) => prepareCopy(context, node, claim),
});
