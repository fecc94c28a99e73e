import { loadParser, type Node, type ParsedStatement, parseStatements } from 'pg-rewriter';
import { loadSessionFacts } from '../catalog/session-facts.js';
import { invokeEndpointGrant, reachAllOverloads } from '../extension/grant.js';
import { nameOneInvokeEndpoint } from '../extension/regproc.js';
import { extensionStatement, runExtensionStatement } from '../extension/statements.js';
import { featureNotSupported } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';
import { runSettingStatement, settingStatement } from '../settings/function-migration.js';
import type { EngineState } from './engine-state.js';
import { planWithFacts } from './plan-with-facts.js';
import { runBatchPlan } from './run-batch-plan.js';
import { runNatively } from './run-natively.js';
import type { StatementContext } from './session-context.js';
import { evaluatesExpressions, mayChangeCatalog } from './statement-kind.js';

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
  await loadParser();
  const [only, ...more] = tryParse(statement.text);
  if (only === undefined || connection.transactionStatus === 'E') return 'pass-through';
  if (await state.native.isAurora(connection)) return 'pass-through';
  if (more.length > 0) return runSeveral(state, [only, ...more]);
  const { node } = only;
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
  return runInSession(state, { connection, statement, sink, signal }, node);
}

function tryParse(text: string): ParsedStatement[] {
  try {
    return parseStatements(text);
  } catch {
    return [];
  }
}

/** Several statements in one text: fine while none of them is ours. */
function runSeveral(state: EngineState, statements: readonly ParsedStatement[]): StatementOutcome {
  const ours = statements.some(
    ({ node, text }) =>
      extensionStatement(node) !== undefined ||
      settingStatement(node) !== undefined ||
      ('ExplainStmt' in node || evaluatesExpressions(node) ? state.recogniser.concerns(text) : false),
  );
  if (ours) throw featureNotSupported('several statements in one query, one of them with ML calls');
  if (statements.some(({ node }) => mayChangeCatalog(node))) state.forgetCatalog();
  return 'pass-through';
}

async function runInSession(
  state: EngineState,
  given: Omit<StatementContext, 'state' | 'session'>,
  node: Node,
): Promise<StatementOutcome> {
  const { connection, statement } = given;
  const session = await loadSessionFacts(connection);
  await state.learnNames(connection, session.extensionVersion !== null);
  if (session.extensionVersion === null || !state.recogniser.concerns(statement.text)) {
    await connection.sync();
    return 'pass-through';
  }
  const context: StatementContext = { state, session, ...given };
  if (evaluatesExpressions(node)) return evaluate(context, node);
  await define(context, node);
  return 'answered';
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
  const plan = await planWithFacts(context, node, statement.text);
  if (plan.kind === 'plain') {
    await connection.sync();
    return 'pass-through';
  }
  if (plan.kind === 'declined') {
    throw featureNotSupported(`the ML calls of the statement cannot be batched yet: ${plan.message}`);
  }
  await runBatchPlan(context, plan);
  if (plan.writes && !('InsertStmt' in node)) state.forgetCatalog();
  return 'answered';
}
