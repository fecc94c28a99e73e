import { loadParser, type Node, type ParsedStatement, someNode } from 'pg-rewriter';
import { mayChangeReading, refuseTextSettings, textSettingRefusal } from '../catalog/text-settings.js';
import { runBatchPlan } from '../execute/run-batch-plan.js';
import { NotSplittable } from '../execute/statement-run.js';
import { runExplain } from '../explain/run-explain.js';
import { runStatistics } from '../monitoring/run-statistics.js';
import { answer, runNatively } from '../natively/run-natively.js';
import { plannedStatement } from '../plan/plan-with-facts.js';
import type { EngineState } from '../pool-state/engine-state.js';
import { observed } from '../pool-state/observed.js';
import type { PlannedStatement } from '../pool-state/statement-cache.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { evaluatesExpressions, mayChangeCatalog, runsDeferredTriggers } from '../recognise/statement-kind.js';
import { fetchFromCursor, isMisplacedCursor } from '../replay/cursors.js';
import { executedQuery } from '../replay/prepared-statement.js';
import { reachesMlUnseen, runsOtherCode } from '../replay/reaches-ml.js';
import { databaseError, featureNotSupported } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';
import { copyFromClient, prepareCopyFrom } from '../statements/copy-from.js';
import { copiedQuery, prepareCopy } from '../statements/copy-to.js';
import { extensionStatement, runExtensionStatement } from '../statements/extension/extension-statement.js';
import { fireDeferred, runDeferred } from '../statements/fire-deferred.js';
import { invokeEndpointGrant, reachAllOverloads } from '../statements/grant.js';
import { nameOneInvokeEndpoint } from '../statements/regproc.js';
import { runUnsplit } from '../statements/run-unsplit.js';
import { runSettingStatement, settingStatement } from '../statements/setting.js';
import { mayRunAgain } from './may-run-again.js';
import { runScript } from './run-script.js';

/**
 * Runs a statement that may concern us. What turns out not to goes to the server as the application wrote it, and so
 * does what PostgreSQL's grammar refuses: the server's own error names the position.
 */
export async function runStatement(
  state: EngineState,
  connection: ServerConnection,
  statement: Statement,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<StatementOutcome> {
  await Promise.all([loadParser(), state.observability.load()]);
  const parsed = state.statements.parse(statement.text);
  const [only] = parsed;
  if (only === undefined || connection.transactionStatus === 'E') return 'pass-through';
  if (await state.native.isAurora(connection)) return 'pass-through';
  if (statement.text.includes('\\') && (await readsBackslashes(state, connection))) {
    // The tree may not be what the server reads. It runs what makes no ML call, and refuses the rest.
    if (statement.failure !== undefined) throw textSettingRefusal('standard_conforming_strings');
    if (parsed.some(({ node }) => mayChangeCatalog(node))) state.forgetCatalog();
    return 'pass-through';
  }
  if (statement.failure !== undefined && !(await mayRunAgain(state, connection, parsed, statement.text))) {
    throw statement.failure;
  }
  const runOne = (one: Statement, { node }: ParsedStatement) =>
    runParsed(state, connection, one, node, sink, signal).catch(asStackDepthError);
  if (parsed.length === 1) return runOne(statement, only);
  await learnNames(state, connection);
  // With values the server refuses several statements itself.
  if (statement.values !== undefined || !parsed.some((p) => mayBeOurs(state, p))) {
    if (parsed.some(({ node }) => mayChangeCatalog(node))) state.forgetCatalog();
    return 'pass-through';
  }
  if (mayChangeReading(statement.text)) {
    throw featureNotSupported(
      'several statements with ML calls in one text cannot set how text is read',
      'Send the SET alone.',
    );
  }
  if (parsed.some((p) => copiedQuery(p.node) !== undefined || copyFromClient(p.node) !== undefined)) {
    throw featureNotSupported('COPY cannot be one of several statements with ML calls');
  }
  await runScript(connection, parsed, runOne, sink);
  return 'answered';
}

/** Whether a backslash in a plain string is an escape. */
async function readsBackslashes(state: EngineState, connection: ServerConnection): Promise<boolean> {
  const { refusedTextSetting } = await state.readSession(connection);
  await connection.sync();
  return refusedTextSetting === 'standard_conforming_strings';
}

/** So that a script of ordinary statements is recognised as such, and so are the statements of a block. */
async function learnNames(state: EngineState, connection: ServerConnection): Promise<void> {
  const { extensionVersion } = await state.readSession(connection);
  await state.learnNames(connection, extensionVersion !== null);
  await connection.sync();
}

/** Trees are walked recursively; Node's stack has room for hundreds of nested calls or subqueries. */
function asStackDepthError(error: unknown): never {
  if (!(error instanceof RangeError) || !error.message.includes('call stack')) throw error;
  throw databaseError('54001', 'stack depth limit exceeded', { hint: 'A statement with ML calls nests too deeply.' });
}

async function runParsed(
  state: EngineState,
  connection: ServerConnection,
  statement: Statement,
  node: Node,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<StatementOutcome> {
  const extension = extensionStatement(node);
  if (extension !== undefined) {
    await runExtensionStatement(connection, extension, sink);
    state.forgetCatalog();
    return 'answered';
  }
  const setting = settingStatement(node);
  if (setting !== undefined) {
    await runSettingStatement(connection, setting, sink);
    return 'answered';
  }
  if ('TransactionStmt' in node && !firesDeferred(state, connection, node)) {
    // A look that fails is no failure of BEGIN.
    if (connection.transactionStatus === 'I' && state.wantsLook) {
      await learnNames(state, connection).catch(() => connection.sync());
    }
    return 'pass-through';
  }
  const inBlock = connection.transactionStatus !== 'I';
  return runInSession(state, { connection, inBlock, statement, sink, signal, recognisedAt: performance.now() }, node);
}

/** Whether a statement runs deferred triggers that may make ML calls. */
const firesDeferred = (state: EngineState, connection: ServerConnection, node: Node): boolean =>
  connection.transactionStatus === 'T' && state.hasDeferred && runsDeferredTriggers(node);

const mayBeOurs = (state: EngineState, { node, text }: ParsedStatement): boolean =>
  extensionStatement(node) !== undefined || settingStatement(node) !== undefined || state.concerns(text);

async function runInSession(
  state: EngineState,
  given: Omit<StatementContext, 'state' | 'session'>,
  node: Node,
): Promise<StatementOutcome> {
  const { connection, statement } = given;
  const session = await state.readSession(connection);
  await state.learnNames(connection, session.extensionVersion !== null);
  if (session.extensionVersion === null || !state.concerns(statement.text)) {
    await connection.sync();
    return 'pass-through';
  }
  const context: StatementContext = { state, session, ...given };
  if ('TransactionStmt' in node || 'ConstraintsSetStmt' in node) return runsDeferred(context, node);
  if ('ExplainStmt' in node) return runExplain(context, node);
  if (evaluatesExpressions(node)) return evaluate(context, node);
  await define(context, node);
  return 'answered';
}

/** The end of a block, or SET CONSTRAINTS. */
async function runsDeferred(context: StatementContext, node: Node): Promise<StatementOutcome> {
  const { connection, state } = context;
  const fires = firesDeferred(state, connection, node);
  if (fires && 'ConstraintsSetStmt' in node) {
    await observed(context, node, (watched) => runDeferred(watched, node));
    return 'answered';
  }
  if (fires) await fireDeferred(context, node);
  else await connection.sync();
  return 'pass-through';
}

/** DDL, GRANT and the like: the server runs them; what they change is read anew. */
async function define(context: StatementContext, node: Node): Promise<void> {
  const { connection, state } = context;
  const grant = invokeEndpointGrant(node);
  const text = grant === undefined ? undefined : await reachAllOverloads(connection, grant);
  try {
    await runNatively(context, text);
  } finally {
    if (mayChangeCatalog(node)) state.forgetCatalog();
  }
}

async function evaluate(context: StatementContext, node: Node): Promise<StatementOutcome> {
  const { connection, statement, session, state } = context;
  const principal = session.principalInvokeEndpoint;
  const named = principal === null ? undefined : nameOneInvokeEndpoint(statement.text, node, principal);
  if (named !== undefined) {
    await runNatively(context, named);
    return 'answered';
  }
  const copied = copiedQuery(node);
  if (copied !== undefined) return prepareCopy(context, node, copied);
  const copy = copyFromClient(node);
  if (copy !== undefined) return prepareCopyFrom(context, node, copy);
  // The simple protocol has no parameters: the server's error says so.
  const lacksValues = statement.values === undefined && someNode(node, (n) => 'ParamRef' in n);
  if (lacksValues || isMisplacedCursor(node, context)) {
    await connection.sync();
    return 'pass-through';
  }
  const fetched = await fetchFromCursor(context, node);
  if (fetched !== undefined) {
    await connection.sync();
    await answer(context, fetched);
    return 'answered';
  }
  const prepared = await executedQuery(connection, node);
  if (prepared !== undefined) return evaluate({ ...context, statement: prepared.statement }, prepared.node);
  const planned = await plannedStatement(context, node);
  const { plan } = planned;
  const reaches = state.recogniser.reachesUnnamed(statement.text) || plan.kind !== 'plain';
  if (!reaches && !(await runsOtherCode(context, node))) {
    if (await runStatistics(context, node)) return 'answered';
    await connection.sync();
    return 'pass-through';
  }
  const changesCatalog = mayChangeCatalog(node) || (plan.kind === 'batch' && plan.writes && !('InsertStmt' in node));
  try {
    await observed(context, node, (watched) => answerWithMl(watched, node, planned));
  } finally {
    if (changesCatalog) state.forgetCatalog();
  }
  return 'answered';
}

/** By its batch plan if it has one that does, else by replay or live. */
async function answerWithMl(context: StatementContext, node: Node, planned: PlannedStatement): Promise<void> {
  refuseTextSettings(context.session);
  const { plan } = planned;
  const { forcedWay = 'batch' } = context.state;
  let reason = plan.kind === 'declined' ? plan.message : 'functions, triggers or policies make the calls';
  const mayBatch = context.session.functionMigration && forcedWay === 'batch';
  if (plan.kind === 'batch' && mayBatch && !(await reachesMlUnseen(context, node))) {
    try {
      context.watch?.runs?.('batch');
      await runBatchPlan(context, plan, planned);
      return;
    } catch (error) {
      if (!(error instanceof NotSplittable)) throw error;
      reason = error.message;
    }
  }
  await runUnsplit(context, node, reason);
}
