/** Builds the pipeline of one query block: the base columns it needs, the batch scans, and the steps between them. */

import type { MlFunction } from 'aws-ml-core/ml-functions';
import type { PlanContext } from '../analysis/plan-context.js';
import { andAll, caseWhen, castTo, columnRef, functionCall, orAll, target } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import type { Steps } from '../steps.js';
import { castIdentity, constantArgument, constantInteger, isSimple } from './argument-forms.js';
import type { CallGroup } from './call-groups.js';
import { inOrder } from './call-groups.js';
import { type CountedCall, countedCalls } from './counted-calls.js';
import { isShared, sharedIn } from './earlier-tests.js';
import { type Occurrence, occurrences } from './occurrences.js';
import type { CallArgument, CallSite, Evaluation, MaxRows, Stage } from './plan-tree.js';
import type { RelationColumns } from './relation-expression.js';
import { overRelation } from './relation-expression.js';

interface MutableStage {
  readonly calls: CallSite[];
  readonly filters: Node[];
  readonly columns: Map<string, { name: string; expression: Node }>;
}

interface Site {
  readonly stage: number;
  readonly site: CallSite;
  readonly guarded: boolean;
}

export class RowPipeline implements RelationColumns {
  readonly relation: string;
  readonly #ctx: PlanContext;
  readonly #base = new Map<string, { name: string; expression: Node }>();
  readonly #stages: MutableStage[] = [];
  readonly #sites = new Map<string, Site>();
  readonly #pending: Node[] = [];
  readonly #evaluations: Evaluation[] = [];
  readonly #composites = new Set<string>();
  #floor = 0;
  #columns = 0;

  constructor(ctx: PlanContext) {
    this.#ctx = ctx;
    this.relation = ctx.freshName('ml_rows');
  }

  /** Whether rows have been dropped by an ML predicate, or will be. */
  get filters(): boolean {
    return this.#floor > 0 || this.#pending.length > 0;
  }

  /** Adds an ML predicate: later calls see only the rows for which it holds. */
  *addPredicate(predicate: Node): Steps<void> {
    yield* this.require([predicate]);
    this.#pending.push(predicate);
  }

  /**
   * Plans every call of the expressions that is not planned yet.
   * @param evaluated the calls among them that count, where not all do
   */
  *require(expressions: readonly Node[], evaluated?: readonly Occurrence[]): Steps<void> {
    const found = occurrences(expressions, this.#ctx);
    // Calls count for the rows that earlier predicates have passed: these must have been applied.
    if (this.#ctx.origins !== undefined && found.length > 0) this.finishPredicates();
    yield;
    for (const group of inOrder(found, this.#ctx, (key) => this.#sites.has(key))) {
      this.#plan(group);
      yield;
    }
    for (const call of countedCalls(evaluated ?? found, this.#ctx)) this.#count(call);
  }

  #count({ guards, ...call }: CountedCall): void {
    const guard = guards === undefined ? undefined : orAll(guards);
    const stage = Math.max(this.#floor, this.#afterCallsIn(guard));
    this.#addStages(stage);
    this.#evaluations.push({ ...call, stage, guard: guard && this.#columnAt(guard, stage) });
  }

  #plan({ key, call, guards }: CallGroup): void {
    const guard = guards === undefined ? undefined : orAll(guards);
    const known = this.#sites.get(key);
    if (known !== undefined && !known.guarded) return;
    if (this.#pending.length > 0) this.#flushPredicates();
    const stage = Math.max(this.#floor, this.#afterCallsIn([call.args, guard]));
    this.#addStages(stage + 1);
    const site = this.#callSite(call, guard, stage);
    this.#stages[stage]?.calls.push(site);
    this.#sites.set(key, { stage, site, guarded: guard !== undefined });
  }

  #addStages(count: number): void {
    while (this.#stages.length < count) this.#stages.push({ calls: [], filters: [], columns: new Map() });
  }

  #flushPredicates(): void {
    const last = this.#stages.at(-1);
    last?.filters.push(...this.#pending.map((p) => overRelation(p, this, this.#ctx)));
    this.#pending.length = 0;
    this.#floor = this.#stages.length;
  }

  /** The first stage that can read the results of the calls in a tree. */
  #afterCallsIn(tree: unknown): number {
    let stage = this.#resultsFrom(tree);
    // A condition that others share is evaluated a step before them.
    for (const condition of sharedIn(tree)) stage = Math.max(stage, this.#homeOf(condition) + 2);
    return stage;
  }

  #resultsFrom(tree: unknown): number {
    let stage = 0;
    for (const key of this.#ctx.mlCallsIn(tree)) stage = Math.max(stage, (this.#sites.get(key)?.stage ?? -1) + 1);
    return stage;
  }

  /** The step that evaluates a shared condition, after the predicates that rows have passed so far; -1 for the base query. */
  #homeOf(condition: Node): number {
    return Math.max(this.#floor, this.#resultsFrom(condition)) - 1;
  }

  conditionColumn(condition: Node, step = Number.POSITIVE_INFINITY): string | undefined {
    if (!isShared(condition)) return undefined;
    const home = this.#homeOf(condition);
    if (home < 0) return this.#baseOf(condition);
    return home < step ? this.#stepColumn(condition, home) : undefined;
  }

  #callSite(call: FuncCall, guard: Node | undefined, stage: number): CallSite {
    const ml = this.#ctx.mlFunctionOf(call);
    if (ml === undefined) throw new Decline('function-not-inlinable', 'a wrapper is not expanded');
    const id = this.#newId();
    const args = (call.args ?? []).map((arg, i) => ({
      arg,
      parameter: ml.parameters[Math.min(i, ml.parameters.length - 1)],
    }));
    const guarded = (e: Node): Node => (guard === undefined || isSimple(e) ? e : caseWhen(guard, e));
    const guardColumn = guard === undefined ? undefined : this.#columnAt(guard, stage);
    const inputs = args.filter((a) => a.parameter?.name !== 'max_rows_per_batch');
    const maxRows = args.find((a) => a.parameter?.name === 'max_rows_per_batch');
    return {
      id,
      function: ml.qualifiedName,
      arguments: inputs.map(({ arg, parameter }) =>
        this.#argument(parameter?.type === 'any' ? arg : this.#coerced(arg, parameter?.type ?? 'text'), guarded, stage),
      ),
      guard: guardColumn,
      maxRowsPerBatch: this.#maxRows(maxRows?.arg, guarded, stage),
      results: resultColumns(ml, id),
    };
  }

  #argument(arg: Node, guarded: (e: Node) => Node, stage: number): CallArgument {
    const constant = constantArgument(arg);
    if (constant !== undefined) return constant;
    return { kind: 'column', column: this.#columnAt(guarded(arg), stage) };
  }

  /** The cast that PostgreSQL makes implicitly; a result of the type needs none. */
  #coerced(arg: Node, type: string): Node {
    const ml = 'FuncCall' in arg ? this.#ctx.mlFunctionOf(arg.FuncCall) : undefined;
    return ml?.results.length === 1 && ml.results[0]?.type === 'varchar' ? arg : castTo(arg, type);
  }

  #maxRows(arg: Node | undefined, guarded: (e: Node) => Node, stage: number): MaxRows {
    const constant = arg === undefined ? null : constantInteger(arg);
    if (constant !== undefined) return { kind: 'constant', value: constant };
    return { kind: 'column', column: this.#columnAt(guarded(castTo(arg as Node, 'int4')), stage) };
  }

  /** The row column with the value of an expression, as the batch scan of that stage reads it. */
  #columnAt(expression: Node, stage: number): string {
    if (!this.#ctx.hasMlCall(expression)) {
      // Evaluating it in the base query would also touch rows that an ML predicate drops before.
      if (stage === 0 || (isSimple(expression) && !this.#ctx.isVolatile(expression))) return this.#baseOf(expression);
      return this.#stepColumn(expression, stage - 1);
    }
    const direct = this.directResult(expression);
    return direct ?? this.#stepColumn(expression, stage - 1);
  }

  #stepColumn(expression: Node, stage: number): string {
    const columns = this.#stages[stage]?.columns;
    if (columns === undefined) throw new Error('a step follows a batch scan');
    const key = fingerprint(expression);
    let column = columns.get(key);
    if (column === undefined) {
      const inStep: RelationColumns = {
        relation: this.relation,
        baseColumn: (e) => this.baseColumn(e),
        resultsOf: (call) => this.resultsOf(call),
        compositeOf: (call) => this.compositeOf(call),
        conditionColumn: (condition) => this.conditionColumn(condition, stage),
      };
      column = { name: this.#newColumn(), expression: overRelation(expression, inStep, this.#ctx) };
      columns.set(key, column);
    }
    return column.name;
  }

  /** The row of a composite result is called by its bare name, which must be no name of an output. */
  #newId(): string {
    for (;;) {
      this.#columns += 1;
      const id = `ml_${this.#columns}`;
      if (this.#ctx.isFree(`${id}_row`)) return id;
    }
  }

  #newColumn(): string {
    this.#columns += 1;
    return `c${this.#columns}`;
  }

  #baseOf(expression: Node): string {
    const key = fingerprint(expression);
    let column = this.#base.get(key);
    if (column === undefined) {
      column = { name: this.#newColumn(), expression };
      this.#base.set(key, column);
    }
    return column.name;
  }

  baseColumn(expression: Node): string {
    return this.#baseOf(expression);
  }

  resultsOf(call: FuncCall): readonly string[] {
    const site = this.#sites.get(fingerprint(call))?.site;
    if (site === undefined) throw new Error('the results of an ML call are used before it is planned');
    return site.results;
  }

  compositeOf(call: FuncCall): string {
    const id = this.#sites.get(fingerprint(call))?.site.id;
    if (id === undefined) throw new Error('the row of an ML call is used before it is planned');
    this.#composites.add(id);
    return `${id}_row`;
  }

  /** The result column that an expression is, without anything computed over it. */
  directResult(expression: Node): string | undefined {
    const inner = castIdentity(expression, this.#ctx);
    if (inner !== undefined) return this.directResult(inner);
    if ('FuncCall' in expression && this.#ctx.isMlCall(expression)) {
      const results = this.resultsOf(expression.FuncCall);
      return results.length === 1 ? results[0] : undefined;
    }
    if (!('A_Indirection' in expression)) return undefined;
    const { arg, indirection } = expression.A_Indirection;
    const [only] = indirection ?? [];
    if (arg === undefined || !('FuncCall' in arg) || indirection?.length !== 1 || only === undefined) return undefined;
    const ml = this.#ctx.mlFunctionOf(arg.FuncCall);
    if (ml === undefined || ml.results.length < 2 || !('String' in only)) return undefined;
    return this.resultsOf(arg.FuncCall)[ml.results.findIndex((r) => r.name === only.String.sval)];
  }

  /** A column with the value of an output expression, computed after all predicates. */
  outputColumn(expression: Node): string {
    if (!this.#ctx.hasMlCall(expression)) {
      if (!this.filters || isSimple(expression)) return this.#baseOf(expression);
    }
    const direct = this.#ctx.hasMlCall(expression) ? this.directResult(expression) : undefined;
    return direct ?? this.#stepColumn(expression, this.#stages.length - 1);
  }

  /** The predicates that no step has applied yet, over the relation. */
  residual(): Node | undefined {
    return andAll(this.#pending.map((p) => overRelation(p, this, this.#ctx)));
  }

  /** Applies the remaining predicates in the last step. */
  finishPredicates(): void {
    if (this.#pending.length > 0) this.#flushPredicates();
  }

  /** The relation, joined to a row for each composite result that an expression uses as a whole. */
  fromClause(used: unknown): Node[] {
    const relation: Node = { RangeVar: { relname: this.relation, inh: true, relpersistence: 'p' } };
    const names = new Set<string>();
    forEachNode(used, (n) => {
      if ('ColumnRef' in n && n.ColumnRef.fields?.length === 1) names.add(nameParts(n.ColumnRef.fields)[0] ?? '');
    });
    const ids = [...this.#composites].filter((id) => names.has(`${id}_row`));
    return [ids.reduce<Node>((left, id) => this.#joinComposite(left, id), relation)];
  }

  #joinComposite(larg: Node, id: string): Node {
    const site = [...this.#sites.values()].find((s) => s.site.id === id)?.site;
    const ml = site === undefined ? undefined : this.#ctx.mlFunctionOf(functionParts(site.function));
    const targetList = (ml?.results ?? []).map((r, i) =>
      target(columnRef(this.relation, site?.results[i] ?? ''), r.name),
    );
    const subquery: Node = { SelectStmt: { targetList, limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' } };
    const rarg: Node = { RangeSubselect: { lateral: true, subquery, alias: { aliasname: `${id}_row` } } };
    return { JoinExpr: { jointype: 'JOIN_INNER', larg, rarg } };
  }

  get evaluations(): readonly Evaluation[] {
    return this.#evaluations;
  }

  /** The SELECT list of the base query. */
  baseTargets(): Node[] {
    return [...this.#base.values()].map((c) => target(c.expression, c.name));
  }

  baseColumns(): string[] {
    return [...this.#base.values()].map((c) => c.name);
  }

  stages(): Stage[] {
    return this.#stages.map(({ calls, filters, columns: byKey }) => {
      const filter = andAll(filters);
      const columns = [...byKey.values()];
      if (filter === undefined && columns.length === 0) return { calls, step: undefined };
      return { calls, step: { from: this.fromClause([filters, columns]), filter, columns } };
    });
  }
}

function functionParts(qualifiedName: string): FuncCall {
  const node = functionCall(qualifiedName.split('.'), []);
  if (!('FuncCall' in node)) throw new Error('a call is built');
  return node.FuncCall;
}

const resultColumns = (ml: MlFunction, id: string): string[] =>
  ml.results.length === 1 ? [id] : ml.results.map((r) => `${id}_${r.name}`);
