import { type Node, tryDeparse } from 'pg-rewriter';
import { canRunLive } from '../live/live-calls.js';
import { validateNatively } from '../natively/validate-natively.js';
import { withOverloads } from '../natively/with-overloads.js';
import { asServerError } from '../pool-state/as-server-error.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { StatementDeadline } from '../pool-state/statement-deadline.js';
import { WayRefused } from '../pool-state/way-refused.js';
import type { FieldDescription, StatementDescription } from '../server/server-connection.js';
import { settle } from '../server/transaction.js';
import type { CallOutcomes } from '../stubs/call-outcomes.js';
import { sessionNonce } from '../stubs/session-nonce.js';
import { collectRounds, unsteady } from './collect-rounds.js';
import { LastingEffects } from './lasting-effects.js';
import { isReadOnly, refuseWrites } from './read-only.js';
import { readShadow, type Shadow, shadowNode, showingText } from './read-shadow.js';
import type { BoundSql, Replay } from './replay.js';
import { inputsAreSteady } from './steady-inputs.js';
import { withStoredResults } from './stored-results.js';
import { strictRun } from './strict-run.js';

/** Runs that ask for a result which isn't there, because others change the rows, before the statement gives up. */
const MAX_STRICT_RUNS = 8;

/** With fewer, the statement runs as it was written. */
const FEW_RESULTS = 100;

/**
 * Runs a statement by replay: finds out the inputs of its calls without changing anything, invokes the services, and
 * runs it for real with all results at hand. Outside of a block it is committed then.
 *
 * @param outcomes takes what the services answer
 * @throws WayRefused where that can't work; then nothing has happened
 */
export async function replayStatement(context: StatementContext, node: Node, outcomes: CallOutcomes): Promise<void> {
  const { connection, state } = context;
  const deadline = new StatementDeadline(context.session.statementTimeout, context.signal);
  const invocations = state.invoker.openStatement({
    signal: deadline.signal,
    isolateErrors: true,
    observer: context.watch,
    budgetOwner: context.statement,
  });
  const replay: Replay = {
    context: { ...context, signal: deadline.signal },
    nonce: sessionNonce(connection),
    outcomes,
    invocations,
  };
  try {
    await run(replay, node);
  } catch (error) {
    throw await asServerError(connection, error, deadline);
  } finally {
    deadline.clear();
    invocations.close();
  }
}

async function run(replay: Replay, node: Node): Promise<void> {
  const { context } = replay;
  const { statement } = context;
  const sql: BoundSql = { text: statement.text, values: statement.values ?? [], types: statement.types ?? [] };
  if (isReadOnly(context)) await refuseWrites(replay, node, sql);
  const { shadow, fields } = await shadowFor(replay, node);
  await refuseUnsteady(replay, shadow?.sql ?? sql);
  const mayMiss = fields === null && ANSWERS_AT_END.some((tag) => tag in node);
  if (shadow === undefined) await collectRounds(replay, sql, mayMiss);
  else await readShadow(replay, shadow, mayMiss);
  for (
    let attempt = 1;
    !(await strictRun(replay, { ...withLookUps(replay, node, sql), answersAs: fields }));
    attempt++
  ) {
    context.signal.throwIfAborted();
    if (attempt === 1 && shadow !== undefined) await refuseUnsteady(replay, sql);
    if (attempt === MAX_STRICT_RUNS) throw unsteady(replay);
    await collectRounds(replay, sql);
  }
  await settle(context);
}

/** The statement as it runs best with so many results. The server counts no look-ups, so sessions that count have none. */
function withLookUps({ context, outcomes }: Replay, node: Node, sql: BoundSql): BoundSql {
  if (outcomes.size < FEW_RESULTS || context.session.trackFunctions !== 'none') return sql;
  // What a definition says would stay so.
  if (!READS_OR_WRITES.some((tag) => tag in node)) return sql;
  const changed = withStoredResults(showingText(context, node));
  const text = changed === undefined ? undefined : tryDeparse(changed);
  return text === undefined ? sql : { ...sql, text, readsResults: true };
}

/** A run that is undone must leave nothing behind, and must ask for what the next one asks for. */
async function refuseUnsteady(replay: Replay, sql: BoundSql): Promise<void> {
  const { context } = replay;
  if (canRunLive(context)) {
    const effects = await LastingEffects.load(context.state.catalog, context.connection);
    await settle(context);
    if (effects.in(sql.text)) throw new WayRefused('replay', 'a run that is undone would have lasting effects');
  }
  if (!(await inputsAreSteady(replay, sql))) throw unsteady(replay);
}

/** Statements that change rows, or read them. */
const READS_OR_WRITES = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** Those that answer nothing, where they return no rows, before they have run to their end. */
const ANSWERS_AT_END = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'DoStmt', 'CallStmt'];

/** Statements that EXPLAIN takes. */
const EXPLAINED = [...READS_OR_WRITES, 'DeclareCursorStmt', 'CreateTableAsStmt', 'ExecuteStmt'];

/**
 * Lets the server find the statement valid and permitted, and makes the overloads of invoke_endpoint that it needs.
 *
 * @returns its description; undefined where EXPLAIN does not take it
 */
export async function validated(context: StatementContext, node: Node): Promise<StatementDescription | undefined> {
  if (!EXPLAINED.some((tag) => tag in node)) return undefined;
  const description = await withOverloads(context, () => validateNatively(context.connection, context.statement));
  context.watch?.validated?.();
  return description;
}

interface Validated {
  readonly shadow: Shadow | undefined;
  /** The columns of the statement as it was written; null where it answers no rows, or cannot be described. */
  readonly fields: readonly FieldDescription[] | null;
}

/** The shadow of the statement, once the server has found the statement valid and permitted. */
async function shadowFor(replay: Replay, node: Node): Promise<Validated> {
  const { context } = replay;
  const { parameterTypes: types = [], fields = null } = (await validated(context, node)) ?? {};
  const shadow = await shadowNode(context, node);
  await settle(context);
  const text = shadow === undefined ? undefined : tryDeparse(shadow);
  if (shadow === undefined || text === undefined) return { shadow: undefined, fields };
  return { shadow: { node: shadow, sql: { text, values: context.statement.values ?? [], types } }, fields };
}
