/** The migrated statement: ML calls as items of FROM, meaning exactly what the original means. */

import { MissingFacts, PlanContext } from '../analysis/plan-context.js';
import { functionsOf } from '../analysis/range-function.js';
import type { CteColumns } from '../analysis/scope.js';
import { withCtes } from '../analysis/scope.js';
import { emptySelect } from '../ast/build.js';
import { deparse } from '../ast/deparse.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { mapFields, mapNodes, someNode } from '../ast/walk.js';
import type { CatalogFacts } from '../catalog/facts.js';
import { Decline } from '../decline.js';
import type { RuleWatch } from '../rule-watch.js';
import { runStatementRules } from '../rules/run-rules.js';
import { runSteps } from '../steps.js';
import { CallTexts } from './call-text.js';
import { type MigrationState, migrateBlock, namesIn } from './migrate-block.js';
import type { KeptCall, LateralScan, Migration, MigrationOutcome } from './migration.js';
import { reachedTargets } from './reached-targets.js';
import { qualifiedName } from './set-aside-subqueries.js';

/** The statements whose queries are migrated; the calls of the others stay where they stand. */
const MIGRATED = ['SelectStmt', 'InsertStmt', 'CreateTableAsStmt', 'DeclareCursorStmt'];

/**
 * Moves the ML calls of a statement, and the calls of SQL functions that wrap one, into `CROSS JOIN LATERAL`.
 * Output columns keep their names and types; equal calls of a block become one. A migrated statement stays as it is.
 *
 * @param sql any text that contains all names of the statement; the statement itself where the result shall be its text
 */
export function migrate(node: Node, sql: string, facts: CatalogFacts, watch?: RuleWatch): MigrationOutcome {
  const ctx = new PlanContext(facts, sql, { expandWrappers: false, watch });
  try {
    const normalized = runSteps(runStatementRules(node, ctx));
    return migration(
      normalized,
      sql,
      ctx,
      MIGRATED.some((tag) => tag in node),
    );
  } catch (error) {
    if (error instanceof MissingFacts) return { kind: 'needs-facts', missing: error };
    if (!(error instanceof Decline)) throw error;
    return { kind: 'migration', sql, changed: false, scans: [], kept: [], reason: error.message };
  }
}

function migration(normalized: Node, sql: string, ctx: PlanContext, isMigrated: boolean): Migration {
  const state: MigrationState = { ctx, aliases: namesIn(normalized), reasons: new Map(), moved: 0 };
  const unchanged = (tree: Node, reasonOf: (call: FuncCall) => string): Migration => {
    return {
      kind: 'migration',
      sql,
      changed: false,
      scans: scansOf(tree, sql, ctx),
      kept: keptCalls(tree, ctx, reasonOf),
    };
  };
  if (!isMigrated) return unchanged(normalized, () => 'the statement is no query');
  const reasonOf = (call: FuncCall) => state.reasons.get(fingerprint(call)) ?? 'it stands in no clause of a query';
  try {
    const migrated = migrateQueries(normalized, state);
    if (state.moved === 0) return unchanged(normalized, reasonOf);
    const text = deparse(migrated);
    return {
      kind: 'migration',
      sql: text,
      changed: true,
      scans: scansOf(migrated, sql, ctx),
      kept: keptCalls(migrated, ctx, reasonOf),
    };
  } catch (error) {
    if (error instanceof Decline) return unchanged(normalized, () => error.message);
    throw error;
  }
}

function migrateQueries(node: Node, state: MigrationState): Node {
  if (!('InsertStmt' in node) || node.InsertStmt.withClause === undefined) {
    return mapNodes(node, queryVisitor(state, new Map()));
  }
  const ctes = withCtes({ ...emptySelect(), withClause: node.InsertStmt.withClause }, state.ctx, new Map());
  return mapNodes(node, queryVisitor(state, ctes));
}

const queryVisitor =
  (state: MigrationState, ctes: CteColumns) =>
  (node: Node): Node | undefined =>
    'SelectStmt' in node ? { SelectStmt: migrateQuery(node.SelectStmt, state, ctes) } : undefined;

/** Subqueries first: their calls are in FROM when the block around them is looked at. */
function migrateQuery(select: SelectStmt, state: MigrationState, ctes: CteColumns): SelectStmt {
  const inner = withCtes(select, state.ctx, ctes);
  const { larg, rarg, ...own } = select;
  const mapped: SelectStmt = mapFields(own, queryVisitor(state, inner));
  const out = { ...mapped };
  if (larg !== undefined) out.larg = migrateQuery(larg, state, inner);
  if (rarg !== undefined) out.rarg = migrateQuery(rarg, state, inner);
  const same = mapped === own && out.larg === larg && out.rarg === rarg;
  return migrateBlock(same ? select : out, state, inner);
}

function scansOf(tree: Node, sql: string, ctx: PlanContext): LateralScan[] {
  const texts = new CallTexts(tree, ctx);
  const scans: LateralScan[] = [];
  someNode(tree, (node) => {
    if (!('RangeFunction' in node)) return false;
    const [call, ...more] = functionsOf(node.RangeFunction);
    if (call === undefined || more.length > 0 || !ctx.isMlCall({ FuncCall: call })) return false;
    const [schema, name] = qualifiedName(call);
    const alias = node.RangeFunction.alias?.aliasname ?? name;
    scans.push({
      alias,
      schema,
      name,
      isMlFunction: ctx.mlFunctionOf(call) !== undefined,
      call: texts.of(call),
      targets: reachedTargets(call, sql, ctx),
    });
    return false;
  });
  return scans;
}

/** The ML calls that are not items of FROM. */
function keptCalls(tree: Node, ctx: PlanContext, reasonOf: (call: FuncCall) => string): KeptCall[] {
  const kept = new Map<string, KeptCall>();
  const inFrom = new Set<FuncCall>();
  someNode(tree, (node) => {
    if ('RangeFunction' in node) for (const call of functionsOf(node.RangeFunction)) inFrom.add(call);
    if (!('FuncCall' in node) || !ctx.isMlCall(node) || inFrom.has(node.FuncCall)) return false;
    const [schema, name] = qualifiedName(node.FuncCall);
    kept.set(fingerprint(node), { schema, name, reason: reasonOf(node.FuncCall) });
    return false;
  });
  return [...kept.values()];
}
