import { type Migration, migrate, type Node, type Plan } from 'pg-rewriter';
import { planWithFacts, withFacts } from '../engine/plan-with-facts.js';
import { functionsOf } from '../engine/run-batch-plan.js';
import type { StatementContext } from '../engine/session-context.js';
import { evaluatesExpressions } from '../engine/statement-kind.js';
import { checkExecutePrivilege } from '../engine/validate-natively.js';
import { withOverloads } from '../engine/with-overloads.js';
import { setStubMode } from '../extension/stub-mode.js';
import { runsOtherCode } from '../replay/reaches-ml.js';
import type { RawResult } from '../server/server-connection.js';
import type { StatementOutcome } from '../server/statement.js';
import { analyze } from './analyze.js';
import { annotateStructured } from './annotate-structured.js';
import { annotateText } from './annotate-text.js';
import { type PlanAnnotations, type PlanLine, propertyLine } from './annotation.js';
import { type ExplainStatement, explainStatement } from './explain-statement.js';
import { annotations } from './plan-lines.js';
import { structuredFormats } from './structured-format.js';

/**
 * Explains a statement with ML calls: shows the plan of the migrated statement, and with ANALYZE what was sent to the
 * services. What makes no ML call passes through.
 */
export async function runExplain(context: StatementContext, node: Node): Promise<StatementOutcome> {
  const { connection, statement, session } = context;
  const explain = explainStatement(node, statement.text);
  const plan =
    explain !== undefined && evaluatesExpressions(explain.query) ? await planOf(context, explain) : undefined;
  if (explain === undefined || plan === undefined) {
    await connection.sync();
    return 'pass-through';
  }
  const migration = session.functionMigration ? await migrationOf(context, explain) : undefined;
  const explained: Explained = { explain, plan, migration };
  const { result, targets } = explain.analyze
    ? await analyze(context, explained)
    : { result: await explainOnly(context, explained), targets: [] };
  const added = annotations(migration?.scans ?? [], targets, remarks(explained));
  await answer(context, explain, result, added);
  return 'answered';
}

/** An EXPLAIN and what is known of the statement in it. */
export interface Explained {
  readonly explain: ExplainStatement;
  readonly plan: Exclude<Plan, { kind: 'plain' }>;
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
  return withFacts(context, (facts) => migrate(query, text, facts));
}

/** Sends no request: the ML functions give NULL while the statement is planned. */
async function explainOnly(context: StatementContext, { explain, plan, migration }: Explained): Promise<RawResult> {
  const { connection, statement } = context;
  const parameters = { values: statement.values ?? [], types: statement.types ?? [] };
  const migrated = migration?.changed ? explain.prefix + migration.sql : statement.text;
  const result = await withOverloads(context, async () => {
    // The application's own text first: errors and their positions are those of that.
    const [, native, shown] = await Promise.all([
      setStubMode(connection, 'describe'),
      connection.run(statement.text, parameters),
      migrated === statement.text ? undefined : connection.run(migrated, parameters),
      plan.kind === 'batch' ? checkExecutePrivilege(connection, functionsOf(plan)) : undefined,
      setStubMode(connection, 'off'),
    ]);
    return shown ?? native;
  });
  await connection.sync();
  return result;
}

/** Why calls are not in FROM, or not in batches. */
function remarks({ plan, migration }: Explained): PlanLine[] {
  if (migration === undefined) return [propertyLine('ML Calls', 'one by one (apg_enable_function_migration is off)')];
  const lines: PlanLine[] = [];
  if (plan.kind === 'declined') lines.push(propertyLine('ML Calls', `replayed (${plan.message})`));
  if (migration.reason !== undefined && plan.kind !== 'declined') {
    lines.push(propertyLine('ML Calls Not Migrated', migration.reason));
  }
  const kept = [...new Set(migration.kept.map((k) => `${k.schema}.${k.name} (${k.reason})`))];
  if (kept.length > 0) lines.push(propertyLine('ML Calls Not Migrated', kept.join(', ')));
  return lines;
}

async function answer(
  { sink }: StatementContext,
  { format, verbose }: ExplainStatement,
  { fields, rows, commandTag }: RawResult,
  added: PlanAnnotations,
): Promise<void> {
  const lines = rows.map(([line]) => line ?? '');
  const annotated =
    format === 'text'
      ? annotateText(lines, added, verbose)
      : lines.map((plan) => annotateStructured(plan, added, verbose, structuredFormats[format]));
  await sink.rowDescription(fields ?? []);
  await sink.rows(annotated.map((line) => [line]));
  sink.commandComplete(commandTag);
}
