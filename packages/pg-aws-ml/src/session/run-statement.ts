import { mlFunctions } from 'aws-ml-core/ml-functions';
import { keepQueryText, loadParser, mayNavigate, type Node, nameParts, someNode, tryDeparse } from 'pg-rewriter';
import type { SessionFacts } from '../catalog/facts.js';
import { internalsRevision } from '../catalog/internals.js';
import { mayChangeReading, refuseTextSettings, textSettingRefusal } from '../catalog/text-settings.js';
import { prepareBodies } from '../natively/prepare-bodies.js';
import { runNatively } from '../natively/run-natively.js';
import { explainUnfitCall, unfitCalls } from '../natively/unfit-call.js';
import type { EngineState } from '../pool-state/engine-state.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { isRefusedNavigation } from '../recognise/navigation-shape.js';
import { concernsModels } from '../recognise/recogniser.js';
import { skipSpace } from '../recognise/statement-head.js';
import { mayChangeCatalog } from '../recognise/statement-kind.js';
import { databaseError, featureNotSupported } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';
import { settle } from '../server/transaction.js';
import { copyFromClient } from '../statements/copy-from.js';
import { copiedQuery } from '../statements/copy-to.js';
import { extensionStatement } from '../statements/extension/extension-statement.js';
import { type ListedKind, sessionlessKinds, statementKinds, transferKinds } from '../statements/list.js';
import { settingStatement } from '../statements/setting.js';
import type { StatementRequest } from '../statements/statement-handler.js';
import { installHint } from '../stubs/missing-extension.js';
import { serverTooOld } from '../stubs/oldest-server.js';
import { mayRunAgain } from './may-run-again.js';
import { atScriptPosition, runScript } from './run-script.js';
import { isOwn, isRewritten, nodesOf, type OwnStatement, statementsOf, type TextStatement } from './statements-of.js';

/** Of one statement, by the protocol. */
const MOST_PARAMETERS = 65_535;

/**
 * Runs a statement that may concern us. What turns out not to goes to the server as the application wrote it, and so
 * does what no grammar reads: the server's own error names the position.
 */
export async function runStatement(
  state: EngineState,
  connection: ServerConnection,
  statement: Statement,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<StatementOutcome> {
  if (connection.transactionStatus === 'E') return inFailedBlock(state, connection, statement);
  if (state.names.isUnsure(statement.text)) {
    if (await state.native.isAurora(connection)) return 'pass-through';
    await state.look(connection);
    // Where they could not be learnt, the server refuses ML calls.
    if (!state.names.concerns(statement.text) || state.names.isUnsure(statement.text)) return 'pass-through';
  }
  await Promise.all([loadParser(), state.observability.load()]);
  // Which words are keywords depends on the server.
  if (await state.native.isAurora(connection)) return 'pass-through';
  const parsed = statementsOf(state.statements, statement.text);
  const [only] = parsed;
  if (only === undefined) return 'pass-through';
  const nodes = nodesOf(parsed);
  const hasOwn = nodes.length < parsed.length;
  if (nodes.some(navigates)) {
    if (statement.failure !== undefined) state.names.recogniser.remember(statement.text);
  } else {
    if (isRefusedNavigation(statement.failure)) throw statement.failure;
    state.names.navigatesNowhere(statement.text);
    if (!state.names.concerns(statement.text) && statement.failure === undefined) return 'pass-through';
  }
  // Its own errors would speak of missing schemas, and lead to an installation that fails.
  if (state.native.isTooOld && (statement.failure !== undefined || hasOwn || nodes.some(callsMl))) {
    throw databaseError(serverTooOld.code, serverTooOld.message, serverTooOld);
  }
  // The protocol takes no more: the server's own error says so, before anything is sent to a service.
  if ((statement.values?.length ?? 0) > MOST_PARAMETERS) return 'pass-through';
  if (statement.text.includes('\\') && (await readsBackslashes(state, connection))) {
    // The tree may not be what the server reads. It runs what makes no ML call, and refuses the rest.
    if (statement.failure !== undefined || hasOwn) throw textSettingRefusal('standard_conforming_strings');
    if (nodes.some(mayChangeCatalog)) state.forgetCatalog();
    return 'pass-through';
  }
  if (statement.failure !== undefined && (hasOwn || !(await mayRunAgain(state, connection, nodes, statement.text)))) {
    throw statement.failure;
  }
  const runOne = (one: Statement, what: TextStatement) => {
    const inBlock = connection.transactionStatus !== 'I';
    const request = { state, connection, inBlock, statement: one, sink, signal, recognisedAt: performance.now() };
    return (isOwn(what) ? answerOwn(request, what) : answer(request, what.node)).catch(asStackDepthError);
  };
  if (parsed.length === 1) {
    if (!isOwn(only) && !isRewritten(only) && !beginsEmpty(statement.text)) return runOne(statement, only);
    return runOne({ ...statement, text: only.text, shown: statement.text }, only).catch((error) => {
      throw atScriptPosition(error, only.start);
    });
  }
  // So that a script of ordinary statements is recognised as such, and so are the statements of a block.
  await state.look(connection);
  // With values the server refuses several statements itself.
  if (statement.values !== undefined || !parsed.some((p) => mayBeOurs(state, p))) {
    if (hasOwn) throw databaseError('42601', 'cannot insert multiple commands into a prepared statement');
    if (nodes.some(mayChangeCatalog)) state.forgetCatalog();
    return 'pass-through';
  }
  if (mayChangeReading(statement.text)) {
    throw featureNotSupported(
      'a text of several statements with ML calls cannot change how text is read',
      'Send the SET separately.',
    );
  }
  if (nodes.some((node) => copiedQuery(node) !== undefined || copyFromClient(node) !== undefined)) {
    throw featureNotSupported('COPY cannot be one of several statements with ML calls');
  }
  await runScript(connection, parsed, (one, p) => runOne({ ...one, shown: statement.text }, p), sink);
  return 'answered';
}

/** The server refuses all but the end of the block; what only we can read, it would call a syntax error. */
async function inFailedBlock(
  state: EngineState,
  connection: ServerConnection,
  { text }: Statement,
): Promise<StatementOutcome> {
  if (!concernsModels(text)) return 'pass-through';
  await loadParser();
  if (await state.native.isAurora(connection)) return 'pass-through';
  const [only, another] = statementsOf(state.statements, text);
  if (only === undefined || another !== undefined || !isOwn(only)) return 'pass-through';
  throw databaseError('25P02', 'current transaction is aborted, commands ignored until end of transaction block');
}

/** Whether empty statements come first: behind EXPLAIN, say, they would be a syntax error. */
const beginsEmpty = (text: string): boolean => text[skipSpace(text, 0)] === ';';

/** Whether a backslash in a plain string is an escape. */
async function readsBackslashes(state: EngineState, connection: ServerConnection): Promise<boolean> {
  const { refusedTextSetting } = await state.readSession(connection);
  await connection.sync();
  return refusedTextSetting === 'standard_conforming_strings';
}

/** Trees are walked recursively; Node's stack has room for hundreds of nested calls or subqueries. */
function asStackDepthError(error: unknown): never {
  if (!isStackOverflow(error)) throw error;
  throw databaseError('54001', 'stack depth limit exceeded', {
    hint: 'The statement, which makes ML calls, is nested too deeply.',
  });
}

const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes('call stack');

/** What is nested too deeply for us to look is taken as PostgreSQL reads it. */
function navigates(node: Node): boolean {
  try {
    return mayNavigate(node);
  } catch (error) {
    if (isStackOverflow(error)) return false;
    throw error;
  }
}

const mlNames: ReadonlySet<string> = new Set(mlFunctions.map((f) => f.qualifiedName));

const callsMl = (node: Node): boolean =>
  someNode(node, (n) => 'FuncCall' in n && mlNames.has(nameParts(n.FuncCall.funcname).join('.')));

const mayBeOurs = (state: EngineState, one: TextStatement): boolean =>
  isOwn(one) ||
  extensionStatement(one.node) !== undefined ||
  settingStatement(one.node) !== undefined ||
  state.names.concerns(one.text);

/** Answers a statement by the first kind that claims it. */
async function answer(request: StatementRequest, node: Node): Promise<StatementOutcome> {
  const outcome = await firstOf(sessionlessKinds, request, node);
  if (outcome !== undefined) return outcome;
  const context = await enter(request);
  if (context === undefined) return 'pass-through';
  return answerInSession(context, node);
}

/** Answers a statement that a grammar of ours has read. */
async function answerOwn(request: StatementRequest, { read }: OwnStatement): Promise<StatementOutcome> {
  if ((request.statement.values?.length ?? 0) > 0) throw databaseError('08P01', 'this statement takes no parameters');
  const context = await enter(request);
  if (context !== undefined && context.session.extensionVersion !== null) {
    refuseTextSettings(context.session);
    return read.run(context);
  }
  throw databaseError('55000', 'this statement needs the extension aws_ml', { hint: installHint });
}

async function answerInSession(context: StatementContext, written: Node): Promise<StatementOutcome> {
  const { statement, node } = showingItsText(context, written);
  const hasMl = context.session.extensionVersion !== null;
  const kinds = hasMl ? statementKinds : transferKinds;
  const outcome = await runExplained(context, node, () =>
    firstOf(kinds, { ...context, statement }, node, answerInSession),
  );
  if (outcome === undefined && hasMl) throw new Error('a statement is of no kind');
  // A call that fits no function is none of ours to the planner. What the server says of it gets a hint.
  if (hasMl && outcome === 'pass-through' && !context.inBlock && (await unfitCalls(context, node)).length > 0) {
    await runExplained({ ...context, statement }, node, () => runNatively({ ...context, statement }));
    return 'answered';
  }
  if (outcome !== undefined) return outcome;
  await settle(context);
  return 'pass-through';
}

/** Adds to an error what is known of the calls that don't fit. */
async function runExplained<T>(context: StatementContext, node: Node, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await explainUnfitCall(context, node, error).catch(() => {});
    throw error;
  }
}

/** A statement that asks for the text of its query, which isn't its own, gets it as a constant. */
function showingItsText(
  { statement, session }: StatementContext,
  written: Node,
): { readonly statement: Statement; readonly node: Node } {
  const { shown } = statement;
  // A cursor shows the text of each FETCH, and what a definition says would stay so.
  const shows =
    shown !== undefined &&
    ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some((tag) => tag in written);
  const node = shows ? keepQueryText(written, shown, session.searchPath) : written;
  const text = node === written ? undefined : tryDeparse(node);
  return text === undefined ? { statement, node: written } : { statement: { ...statement, text }, node };
}

async function firstOf<Context>(
  kinds: readonly ListedKind<Context>[],
  context: Context,
  node: Node,
  again: (context: Context, node: Node) => Promise<StatementOutcome> = () => Promise.resolve('pass-through'),
): Promise<StatementOutcome | undefined> {
  for (const { kind } of kinds) {
    const outcome = await kind.answer(context, node, again);
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

/** The functions in the database and this package are two ends of one conversation. */
function requireInternals({ internals }: SessionFacts): void {
  if (internals === internalsRevision) return;
  throw databaseError('55000', 'the extension aws_ml in this database belongs to another version of pg-aws-ml', {
    hint: 'Run ALTER EXTENSION aws_ml UPDATE through this Pool, as the owner of the extension.',
  });
}

/** Reads what the session is like. Undefined, and the connection ready, where the statement doesn't concern us in it. */
export async function enter(request: StatementRequest): Promise<StatementContext | undefined> {
  const { connection, state, statement } = request;
  const session = await state.readSession(connection);
  await state.learnNames(connection, session);
  const installed = session.extensionVersion !== null || session.transfers !== null;
  if (!installed || state.native.isTooOld || !state.names.concerns(statement.text)) {
    await connection.sync();
    return undefined;
  }
  if (session.extensionVersion === null) return { ...request, session };
  requireInternals(session);
  const { version } = state.catalog;
  if (state.preparedBodies !== version) {
    state.preparedBodies = version;
    await prepareBodies(connection, session, await state.catalog.mlReach(connection));
  }
  return { ...request, session };
}
