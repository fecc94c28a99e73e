/** The way in: SQL text and catalog facts in, plan out. */

import { MissingFacts, PlanContext } from './analysis/plan-context.js';
import { countWriting, writesRows, writingCtes } from './analysis/written-rows.js';
import { castTo, nullConst, target } from './ast/build.js';
import type { Node, SelectStmt } from './ast/node.js';
import { asSelect, nameParts } from './ast/node.js';
import { parseStatements } from './ast/parse.js';
import { forEachNode, someNode } from './ast/walk.js';
import type { CatalogFacts } from './catalog/facts.js';
import { Decline } from './decline.js';
import type { BaseWrites, BatchPlan, PipelinePlan, PlanOutcome, StagePlan, StepPlan } from './plan.js';
import type { RuleWatch } from './rule-watch.js';
import { runStatementRules } from './rules/run-rules.js';
import { planOneRow } from './split/one-row.js';
import { planQuery } from './split/plan-query.js';
import type { Limit, Pipeline, PlannedQuery, Step } from './split/plan-tree.js';
import { type RelationSql, relationSql } from './split/relation-sql.js';
import { overReturnedRows } from './split/returned-rows.js';
import { ROW_NUMBER } from './split/split-block.js';
import { runSteps, type Steps } from './steps.js';

/**
 * Plans one statement.
 * @throws SqlError where the text is not one statement of PostgreSQL's grammar
 */
export function planStatement(sql: string, facts: CatalogFacts, options: PlanOptions = {}): PlanOutcome {
  const [statement, another] = parseStatements(sql);
  if (statement === undefined || another !== undefined) {
    return { kind: 'declined', reason: 'statement-kind', message: 'the text is not one statement' };
  }
  return planNode(statement.node, sql, facts, options);
}

export interface PlanOptions {
  /** Whether the plan is to say what native evaluation would call. Default false. */
  readonly countsCalls?: boolean;
  /** Who watches the rules at work. Default nobody. */
  readonly watch?: RuleWatch | undefined;
  /** What `current_query()` shows. Default: the text of what it stands in when it is evaluated. */
  readonly queryText?: string | undefined;
}

/** Plans a parsed statement; `sql` is any text that contains all its names. */
export function planNode(node: Node, sql: string, facts: CatalogFacts, options: PlanOptions = {}): PlanOutcome {
  return runSteps(planSteps(node, sql, facts, options));
}

/** As `planNode`, in steps. */
export function* planSteps(
  node: Node,
  sql: string,
  facts: CatalogFacts,
  options: PlanOptions = {},
): Steps<PlanOutcome> {
  try {
    const ctx = new PlanContext(facts, sql, options);
    const normalized = yield* runStatementRules(node, ctx);
    if (!ctx.hasMlCall(normalized) || evaluatesNothing(normalized, ctx)) return { kind: 'plain' };
    return yield* compile(yield* planTopLevel(normalized, ctx), ctx);
  } catch (error) {
    if (error instanceof MissingFacts) return { kind: 'needs-facts', missing: error };
    if (error instanceof Decline) return { kind: 'declined', reason: error.reason, message: error.message };
    throw error;
  }
}

/** A CREATE TABLE AS that only makes an empty table, or finds its table there already. */
function evaluatesNothing(node: Node, ctx: PlanContext): boolean {
  if (!('CreateTableAsStmt' in node)) return false;
  const { into, if_not_exists: mayExist } = node.CreateTableAsStmt;
  if (into?.skipData) return true;
  return mayExist === true && into?.rel !== undefined && ctx.requiredRelation(into.rel) !== null;
}

interface PlannedStatement {
  readonly planned: PlannedQuery;
  /** The statement around the planned query. */
  readonly wrap: (query: SelectStmt) => Node;
  readonly writes: boolean;
  readonly baseWrites?: BaseWrites;
}

function* planTopLevel(node: Node, ctx: PlanContext): Steps<PlannedStatement> {
  const returned = overReturnedRows(node, ctx);
  if (returned !== undefined) return yield* planOverWritten(returned.query, { tag: returned.tag }, ctx);
  if ('SelectStmt' in node) {
    const select = node.SelectStmt;
    if (writingCtes(select).length > 0) return yield* planOverWritten(select, { tag: undefined }, ctx);
    return yield* planSelectStatement(select, ctx);
  }
  if ('InsertStmt' in node) return yield* planInsert(node, ctx);
  if ('CreateTableAsStmt' in node && node.CreateTableAsStmt.objtype === 'OBJECT_TABLE') {
    const create = node.CreateTableAsStmt;
    const query = asSelect(create.query);
    if (query === undefined) throw new Decline('statement-kind', 'CREATE TABLE AS EXECUTE');
    const wrap = (select: SelectStmt): Node => ({ CreateTableAsStmt: { ...create, query: { SelectStmt: select } } });
    return { planned: yield* planQuery(query, ctx), wrap, writes: true };
  }
  throw new Decline('statement-kind', 'ML calls are batched in SELECT, INSERT … SELECT and CREATE TABLE AS');
}

function* planSelectStatement(select: SelectStmt, ctx: PlanContext): Steps<PlannedStatement> {
  const { intoClause, ...query } = select;
  const planned = yield* planQuery(query, ctx, new Map(), intoClause === undefined ? 'stream' : 'query');
  if (intoClause === undefined) return { planned, wrap: (q) => ({ SelectStmt: q }), writes: false };
  return { planned, wrap: (q) => ({ SelectStmt: { ...q, intoClause } }), writes: true };
}

/** A query over rows that its WITH writes: all of that is one base query, which nothing else reads tables beside. */
function* planOverWritten(select: SelectStmt, baseWrites: BaseWrites, ctx: PlanContext): Steps<PlannedStatement> {
  const planned = yield* planQuery(select, ctx);
  const { pipelines, query } = planned;
  const writing = pipelines.filter((p) => writesRows(p.base));
  const [only, another] = writing;
  const relations = new Set(pipelines.map((p) => p.relation));
  const others = [query, pipelines.map((p) => [p === only ? [] : p.base, p.stages.map((s) => s.step), p.limit])];
  const whole = only !== undefined && writingCtes(only.base).length === countWriting(select);
  if (!whole || another !== undefined || only.limit !== undefined) {
    throw new Decline('data-modifying-with', 'more than one query would read the rows that WITH writes');
  }
  if (readsTables(others, relations) || mayReadTables(others, ctx)) {
    throw new Decline('data-modifying-with', 'tables would be read after rows are written');
  }
  return { planned, wrap: (q) => ({ SelectStmt: q }), writes: false, baseWrites };
}

/** Whether a tree calls functions of users that may look into tables. */
const mayReadTables = (tree: unknown, ctx: PlanContext): boolean =>
  someNode(tree, (n) => {
    if (!('FuncCall' in n)) return false;
    const overloads = ctx.overloads(nameParts(n.FuncCall.funcname).at(-1) ?? '');
    return overloads.some((f) => f.schema !== 'pg_catalog' && f.volatility !== 'immutable');
  });

function* planInsert(node: Node, ctx: PlanContext): Steps<PlannedStatement> {
  if (!('InsertStmt' in node)) throw new Error('an INSERT is expected');
  const { withClause, ...insert } = node.InsertStmt;
  if (writingCtes(node.InsertStmt).length > 0) {
    throw new Decline('data-modifying-with', 'the WITH of an INSERT contains a data-modifying statement');
  }
  if (ctx.hasMlCall(insert.onConflictClause)) throw new Decline('returning', 'ON CONFLICT makes an ML call');
  const select = asSelect(insert.selectStmt);
  if (select === undefined) throw new Decline('statement-kind', 'INSERT DEFAULT VALUES');
  if (select.valuesLists !== undefined) {
    if (withClause !== undefined) throw new Decline('data-modifying-with', 'WITH before INSERT … VALUES');
    const planned = yield* planValues(select, ctx);
    return { planned, wrap: (q) => ({ InsertStmt: { ...insert, selectStmt: { SelectStmt: q } } }), writes: true };
  }
  if (withClause !== undefined && select.withClause !== undefined) {
    throw new Decline('data-modifying-with', 'WITH before INSERT and before its SELECT');
  }
  const planned = yield* planQuery(withClause === undefined ? select : { ...select, withClause }, ctx);
  return { planned, wrap: (q) => ({ InsertStmt: { ...insert, selectStmt: { SelectStmt: q } } }), writes: true };
}

/** The calls of a VALUES list become the columns of one row, which the list reads by scalar subqueries. */
function* planValues(select: SelectStmt, ctx: PlanContext): Steps<PlannedQuery> {
  const items: Node[] = [];
  for (const row of select.valuesLists ?? []) {
    if ('List' in row) items.push(...(row.List.items ?? []).filter((item) => ctx.hasMlCall(item)));
  }
  const once = yield* planOneRow(items, ctx);
  let next = 0;
  const valuesLists = select.valuesLists?.map((row) => {
    if (!('List' in row)) return row;
    const list = (row.List.items ?? []).map((item) => (ctx.hasMlCall(item) ? (once.values[next++] ?? item) : item));
    return { List: { items: list } };
  });
  return { pipelines: once.pipelines, query: { ...select, ...(valuesLists === undefined ? {} : { valuesLists }) } };
}

function* compile({ planned, wrap, writes, baseWrites }: PlannedStatement, ctx: PlanContext): Steps<BatchPlan> {
  const relations = new Set(planned.pipelines.map((p) => p.relation));
  const remainder = wrap(planned.query);
  if (ctx.hasMlCall([remainder, planned.pipelines.map((p) => [p.base, p.stages.map((s) => s.step)])])) {
    throw new Decline('join-shape', 'an ML call stands where no batch scan can take it');
  }
  const readers = [...planned.pipelines.map((p) => p.base), queryOf(remainder)];
  const pipelines: PipelinePlan[] = [];
  for (const pipeline of planned.pipelines) pipelines.push(yield* compilePipeline(pipeline, relations));
  return {
    kind: 'batch',
    pipelines,
    remainder: yield* relationSql(remainder, relations),
    stream: writes ? undefined : planned.stream,
    singleSnapshot: readers.filter((query) => readsTables(query, relations)).length > 1,
    writes,
    baseWrites,
  };
}

/** The reading part of a statement: the target of an INSERT is not read. */
const queryOf = (statement: Node): unknown =>
  'InsertStmt' in statement
    ? statement.InsertStmt.selectStmt
    : 'CreateTableAsStmt' in statement
      ? statement.CreateTableAsStmt.query
      : statement;

function readsTables(query: unknown, relations: ReadonlySet<string>): boolean {
  const ctes = new Set<string>();
  forEachNode(query, (n) => {
    if ('CommonTableExpr' in n) ctes.add(n.CommonTableExpr.ctename ?? '');
  });
  return someNode(query, (n) => {
    if (!('RangeVar' in n)) return false;
    const { schemaname, relname = '' } = n.RangeVar;
    return schemaname !== undefined || !(relations.has(relname) || ctes.has(relname));
  });
}

function* compilePipeline(pipeline: Pipeline, relations: ReadonlySet<string>): Steps<PipelinePlan> {
  const stages: StagePlan[] = [];
  for (const { calls, step } of pipeline.stages) {
    stages.push({ calls, step: step && (yield* compileStep(step, pipeline.relation, relations)) });
    yield;
  }
  return {
    relation: pipeline.relation,
    base: yield* relationSql({ SelectStmt: pipeline.base }, relations),
    columns: pipeline.columns,
    stages,
    limit: pipeline.limit && (yield* compileLimit(pipeline.limit)),
    evaluations: pipeline.evaluations,
  };
}

function* compileStep(step: Step, relation: string, relations: ReadonlySet<string>): Steps<StepPlan> {
  const select: SelectStmt = {
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
    targetList: [
      target({ ColumnRef: { fields: [{ String: { sval: relation } }, { String: { sval: ROW_NUMBER } }] } }, ROW_NUMBER),
      ...step.columns.map((c) => target(c.expression, c.name)),
    ],
    fromClause: [...step.from],
  };
  if (step.filter !== undefined) select.whereClause = step.filter;
  return { query: yield* relationSql({ SelectStmt: select }, relations), columns: step.columns.map((c) => c.name) };
}

function compileLimit({ count, offset }: Limit): Steps<RelationSql> {
  const numbers = [castTo(count ?? nullConst(), 'int8'), castTo(offset ?? nullConst(), 'int8')];
  const targetList = [...numbers, limitChecked(count, offset)].map((e) => target(e));
  const select: SelectStmt = { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList };
  return relationSql({ SelectStmt: select }, new Set());
}

/** `(SELECT NULL LIMIT … OFFSET …)`: PostgreSQL refuses negative numbers here as it would in the statement. */
function limitChecked(limit: Node | undefined, offset: Node | undefined): Node {
  const subselect: SelectStmt = {
    limitOption: 'LIMIT_OPTION_COUNT',
    op: 'SETOP_NONE',
    targetList: [target(nullConst())],
  };
  if (limit !== undefined) subselect.limitCount = limit;
  if (offset !== undefined) subselect.limitOffset = offset;
  return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: { SelectStmt: subselect } } };
}
