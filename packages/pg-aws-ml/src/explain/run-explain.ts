import { type Migration, migrate, type Node, type Plan } from 'pg-rewriter';
import { estimateStatement } from '../estimate/estimate-statement.js';
import { functionsOf } from '../execute/open-run.js';
import { answer, runNatively } from '../natively/run-natively.js';
import { checkExecutePrivilege } from '../natively/validate-natively.js';
import { withOverloads } from '../natively/with-overloads.js';
import { planWithFacts, withFacts } from '../plan/plan-with-facts.js';
import { watchOfProcess } from '../plan/rule-checks.js';
import { observed } from '../pool-state/observed.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { evaluatesExpressions, mayChangeCatalog } from '../recognise/statement-kind.js';
import { type AnswerQuery, argumentsFit, preparedQuery, withArguments } from '../replay/prepared-statement.js';
import { runsOtherCode } from '../replay/reaches-ml.js';
import type { StatementOutcome } from '../server/statement.js';
import { describeOnly, endStubMode } from '../stubs/stub-mode.js';
import { type ChosenWay, chooseWay } from '../ways/choose-way.js';
import { wayFacts } from '../ways/run-by-way.js';
import { type Analyzed, analyze } from './analyze.js';
import { type PlanLine, propertyLine } from './annotation.js';
import { canStoreResults } from './explain-results.js';
import { type ExplainStatement, explainStatement } from './explain-statement.js';
import { planFormats } from './plan-format.js';
import { annotations, estimateLines } from './plan-lines.js';
import { tryMigrated } from './try-migrated.js';

/**
 * Explains a statement with ML calls: shows the plan of the migrated statement, and with ANALYZE what was sent to the
 * services. What makes no ML call passes through.
 */
export async function runExplain(
  given: StatementContext,
  node: Node,
  answerQuery: AnswerQuery,
): Promise<StatementOutcome> {
  const { context, explain } = await ofPrepared(given, explainStatement(node, given.statement.text), answerQuery);
  const plan =
    explain !== undefined && evaluatesExpressions(explain.query) ? await planOf(context, explain) : undefined;
  if (plan === undefined && context !== given) {
    // Of EXECUTE: its arguments have been evaluated.
    await runNatively(context);
    return 'answered';
  }
  if (explain === undefined || plan === undefined) {
    await context.connection.sync();
    return 'pass-through';
  }
  const migration = context.session.functionMigration ? await migrationOf(context, explain) : undefined;
  const way = chooseWay(await wayFacts(context, explain.query, plan));
  const explained: Explained = { explain, plan, way, migration };
  try {
    const { result, targets, shown } = await (explain.analyze
      ? observed(context, node, (watched) => analyze(watched, explained))
      : explainOnly(context, explained));
    const format = planFormats[explain.format];
    const lines = result.rows.map(([line]) => line ?? '');
    const scans = shown.migration?.scans ?? [];
    const added = annotations(format.functionScans(lines), scans, targets ?? [], [
      ...remarks(context, shown),
      ...(targets === undefined ? [propertyLine('Estimated Requests', 'unknown')] : []),
    ]);
    await answer(context, { ...result, rows: format.annotate(lines, added, explain.verbose).map((line) => [line]) });
  } finally {
    if (explain.analyze && mayChangeCatalog(explain.query)) context.state.forgetCatalog();
  }
  return 'answered';
}

/** EXPLAIN EXECUTE explains the prepared query, with the values of its arguments. */
async function ofPrepared(
  context: StatementContext,
  explain: ExplainStatement | undefined,
  answerQuery: AnswerQuery,
): Promise<{ context: StatementContext; explain: ExplainStatement | undefined }> {
  const prepared = explain === undefined ? undefined : await preparedQuery(context, explain.query);
  if (explain === undefined || prepared === undefined) return { context, explain };
  const texts = [prepared.text, prepared.arguments?.text ?? ''];
  if (
    !texts.some((text) => context.state.names.recogniser.concerns(text)) ||
    !(await argumentsFit(context, explain.query))
  )
    return { context, explain: undefined };
  const { text, ...bound } = await withArguments(context, prepared, explain.analyze ? answerQuery : undefined);
  return {
    context: { ...context, statement: { ...bound, text: explain.prefix + text } },
    explain: { ...explain, query: prepared.node, text },
  };
}

/** An EXPLAIN and what is known of the statement in it. */
export interface Explained {
  readonly explain: ExplainStatement;
  readonly plan: Exclude<Plan, { kind: 'plain' }>;
  /** How the statement would run. */
  readonly way: ChosenWay;
  /** Undefined where migration is switched off. */
  readonly migration: Migration | undefined;
}

/** Undefined where no ML call would be made. */
async function planOf(context: StatementContext, explain: ExplainStatement): Promise<Explained['plan'] | undefined> {
  const { query, text, analyze: runs } = explain;
  const plan = await planWithFacts(context, query, text);
  if (plan.kind !== 'plain') return plan;
  if (!runs || !(await runsOtherCode(context, query))) return undefined;
  return { kind: 'declined', reason: 'statement-kind', message: 'triggers, policies or functions make the calls' };
}

async function migrationOf(
  context: StatementContext,
  { query, text }: ExplainStatement,
): Promise<Migration | undefined> {
  return withFacts(context, (facts) => migrate(query, text, facts, watchOfProcess));
}

/** Sends no request: the ML functions give NULL while the statement is planned. */
async function explainOnly(context: StatementContext, explained: Explained): Promise<Analyzed> {
  const { plan } = explained;
  const { connection, statement } = context;
  const parameters = { values: statement.values ?? [], types: statement.types ?? [] };
  // The application's own text first: errors and their positions are those of that.
  const [, native, { parameterTypes }] = await withOverloads(context, () =>
    Promise.all([
      describeOnly(connection),
      connection.run(statement.text, parameters),
      connection.describe(statement.text, statement.types ?? []),
      checkExecutePrivilege(context, plan.kind === 'batch' ? functionsOf(plan) : new Set()),
      endStubMode(connection),
    ]),
  );
  const { shown, result } = await tryMigrated(context, explained, parameterTypes);
  const { explain } = explained;
  if (!explain.costs) return { result: result ?? native, targets: [], shown };
  const bound = { values: statement.values ?? [], types: parameterTypes };
  const estimates = await estimateStatement(context, explain.query, plan, bound);
  return { result: result ?? native, targets: estimates?.map(estimateLines), shown };
}

/** Why calls are not in FROM, or not in batches. */
function remarks({ session }: StatementContext, { explain, plan, way, migration }: Explained): PlanLine[] {
  if (!session.functionMigration || migration === undefined)
    return [propertyLine('ML Calls', 'one by one (apg_enable_function_migration is off)')];
  const lines: PlanLine[] = [];
  if (explain.analyze && !canStoreResults(session)) {
    lines.push(propertyLine('ML Results', 'NULL in this plan (the transaction is read-only)'));
  }
  if (way.way === 'replay') lines.push(propertyLine('ML Calls', `replayed (${way.reason})`));
  if (way.way === 'live') lines.push(propertyLine('ML Calls', `one by one (${way.reason})`));
  if (migration.reason !== undefined && plan.kind !== 'declined') {
    lines.push(propertyLine('ML Calls Not Migrated', migration.reason));
  }
  const kept = [...new Set(migration.kept.map((k) => `${k.schema}.${k.name} (${k.reason})`))];
  if (kept.length > 0) lines.push(propertyLine('ML Calls Not Migrated', kept.join(', ')));
  return lines;
}
