/**
 * Lifts the ML calls of a subquery in FROM into the query around it; the subquery hands up their arguments instead.
 * The calls then see only the rows that survive the outer joins, predicates and LIMIT.
 *
 * Before: SELECT q.id FROM (SELECT id, (detect_sentiment(body, 'en')).sentiment AS m FROM t) q WHERE q.id < 9 AND q.m = 'MIXED'
 * After:  SELECT q.id FROM (SELECT id, body AS ml_arg_1 FROM t) q
 *         WHERE q.id < 9 AND (detect_sentiment(q.ml_arg_1, 'en')).sentiment = 'MIXED'
 *
 * Preconditions: the subquery only selects, joins and filters, or makes ML calls in outputs alone, which decide neither its
 * rows nor its windows; it is not on the nullable side of an outer join.
 * Does not rewrite: subqueries that group or remove duplicates by all their columns: they are planned where they stand.
 */

import { conjuncts } from '../analysis/conjuncts.js';
import { Mentions, mentions } from '../analysis/mentions.js';
import { bareName } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isQueryBlockRowwise, mapsRows } from '../analysis/rowwise.js';
import type { CteColumns } from '../analysis/scope.js';
import type { Substitution } from '../analysis/substitute.js';
import { outputNames, substituteAll } from '../analysis/substitute.js';
import { andAll, columnRef, target } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { JoinExpr, Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';
import { callsFromFromClause } from './calls-from-from-clause.js';
import { expandStars } from './expand-stars.js';
import type { QueryRule } from './rule.js';

export const pullUpSubqueriesRule: QueryRule = {
  name: 'pull-up-subqueries',
  calls: ['drops', 'copies'],
  idempotent: true,
  apply: pullUpSubqueries,
};

export function pullUpSubqueries(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt {
  const pull = new PullUp(select, ctx, ctes);
  const from = select.fromClause?.map((item) => pull.item(item, NO_JOINS));
  if (from === undefined || pull.substitutions.length === 0) return select;
  const where = andAll([select.whereClause, ...pull.conditions].filter((c) => c !== undefined));
  const out: SelectStmt =
    where === undefined ? { ...select, fromClause: from } : { ...select, fromClause: from, whereClause: where };
  return substituteAll(out, pull.substitutions, ctx, ctes);
}

/** What the joins around an item of FROM match. */
interface JoinsAround {
  /** Columns, by name. */
  readonly using: readonly string[];
  /** The ON of outer joins: a call in it could not be evaluated before the join. */
  readonly outerConditions: readonly unknown[];
}

type RangeSubselectNode = Extract<Node, { RangeSubselect: unknown }>;

const NO_JOINS: JoinsAround = { using: [], outerConditions: [] };

/** Whether the ML calls of a query can as well be made over the rows that it hands up. */
const handsUpRows = (query: SelectStmt, ctx: PlanContext): boolean =>
  isQueryBlockRowwise(query, ctx) || callsInOutputsOnly(query, ctx);

/** Whether no ML call decides which rows there are, in which order, or what a window function gives. */
function callsInOutputsOnly(query: SelectStmt, ctx: PlanContext): boolean {
  const {
    targetList = [],
    distinctClause,
    sortClause,
    windowClause: _windows,
    limitCount,
    limitOffset,
    ...block
  } = query;
  if (!mapsRows({ ...block, targetList: targetList.filter((t) => !ctx.hasWindow(t)) }, ctx)) return false;
  if (block.lockingClause !== undefined || distinctClause?.some((key) => Object.keys(key).length === 0)) return false;
  const deciding = [block.whereClause, query.windowClause, distinctClause, sortClause, limitCount, limitOffset];
  if (ctx.hasMlCall(deciding) || targetList.some((t) => ctx.hasWindow(t) && ctx.hasMlCall(t))) return false;
  const lifted = outputNames({ ...query, targetList: targetList.filter((t) => ctx.hasMlCall(t)) });
  // Positions would be others without the outputs that are lifted.
  return ![...(distinctClause ?? []), ...(sortClause ?? [])].some((key) => {
    const node = 'SortBy' in key ? key.SortBy.node : key;
    return node === undefined || 'A_Const' in node || lifted.includes(bareName(node) ?? '');
  });
}

class PullUp {
  readonly substitutions: Substitution[] = [];
  readonly conditions: Node[] = [];
  readonly #ctx: PlanContext;
  readonly #ctes: CteColumns;
  readonly #around: SelectStmt;
  #mentions: Mentions | undefined;

  constructor(around: SelectStmt, ctx: PlanContext, ctes: CteColumns) {
    this.#around = around;
    this.#ctx = ctx;
    this.#ctes = ctes;
  }

  item(item: Node, around: JoinsAround): Node {
    if ('JoinExpr' in item) return this.#join(item.JoinExpr, around);
    if (!('RangeSubselect' in item) || !this.#ctx.hasMlCall(item)) return item;
    return this.#subselect(item, around) ?? item;
  }

  #join(join: JoinExpr, around: JoinsAround): Node {
    if (join.isNatural || join.alias !== undefined || join.larg === undefined || join.rarg === undefined) {
      return { JoinExpr: join };
    }
    const inner = join.jointype === 'JOIN_INNER';
    const within: JoinsAround = {
      using: [...around.using, ...nameParts(join.usingClause)],
      outerConditions: inner ? around.outerConditions : [...around.outerConditions, join.quals],
    };
    const larg = inner || join.jointype === 'JOIN_LEFT' ? this.item(join.larg, within) : join.larg;
    const rarg = inner || join.jointype === 'JOIN_RIGHT' ? this.item(join.rarg, within) : join.rarg;
    return larg === join.larg && rarg === join.rarg ? { JoinExpr: join } : { JoinExpr: { ...join, larg, rarg } };
  }

  #subselect(item: RangeSubselectNode, around: JoinsAround): Node | undefined {
    const { RangeSubselect: range } = item;
    const alias = range.alias?.aliasname;
    const query = this.#flatten(asSelect(range.subquery));
    if (alias === undefined || query === undefined || !handsUpRows(query, this.#ctx)) return undefined;
    // There is no expression for the whole row.
    if (this.#readsRow(alias, item)) return undefined;
    const renames = nameParts(range.alias?.colnames);
    const targets = (query.targetList ?? []).flatMap((t, i) =>
      'ResTarget' in t && t.ResTarget.val !== undefined
        ? [{ name: renames[i] ?? t.ResTarget.name ?? '', val: t.ResTarget.val }]
        : [],
    );
    const lifted = targets.filter((t) => this.#ctx.hasMlCall(t.val));
    const predicates = conjuncts(query.whereClause);
    const mlPredicates = predicates.filter((p) => this.#ctx.hasMlCall(p));
    const names = lifted.map((t) => t.name);
    if (names.some((name) => around.using.includes(name))) return undefined;
    if (mentions(around.outerConditions, alias, names)) return undefined;
    const handUp = new ArgumentHandUp(alias, this.#ctx);
    if (![...lifted.map((t) => t.val), ...mlPredicates].every((e) => handUp.possible(e))) return undefined;

    const columns = new Map(lifted.map((t): [string, Node] => [t.name, handUp.lift(t.val)]));
    this.conditions.push(...mlPredicates.map((p) => handUp.lift(p)));
    const stays = targets.filter((t) => !columns.has(t.name));
    const kept = new Set([...stays.map((t) => t.name), ...handUp.names]);
    this.substitutions.push({ alias, columns, kept, whole: undefined });
    const where = andAll(predicates.filter((p) => !mlPredicates.includes(p)));
    const { whereClause: _moved, ...rest } = query;
    const subquery: SelectStmt = {
      ...rest,
      targetList: [...stays.map((t) => target(t.val, t.name)), ...handUp.targets],
    };
    if (where !== undefined) subquery.whereClause = where;
    return { RangeSubselect: { ...range, subquery: { SelectStmt: subquery }, alias: { aliasname: alias } } };
  }

  /** Whether the query around reads the whole row of an item of its FROM. */
  #readsRow(alias: string, item: Node): boolean {
    this.#mentions ??= new Mentions(this.#around);
    return this.#mentions.of(alias, []) > new Mentions(item).of(alias, []);
  }

  /** Turns everything in the subquery that can be lifted into plain expressions over its own FROM. */
  #flatten(query: SelectStmt | undefined): SelectStmt | undefined {
    if (query === undefined || query.op !== 'SETOP_NONE' || query.withClause !== undefined) return undefined;
    const expanded = expandStars(query, this.#ctx, this.#ctes);
    const flat = pullUpSubqueries(callsFromFromClause(expanded, this.#ctx, this.#ctes), this.#ctx, this.#ctes);
    return this.#ctx.hasMlCall(flat.fromClause) ? undefined : flat;
  }
}

/** Replaces what an expression needs of its query by columns that the query hands up. */
class ArgumentHandUp {
  readonly targets: Node[] = [];
  readonly names: string[] = [];
  readonly #alias: string;
  readonly #ctx: PlanContext;
  readonly #references = new Map<string, Node>();

  constructor(alias: string, ctx: PlanContext) {
    this.#alias = alias;
    this.#ctx = ctx;
  }

  /** A sublink would lose its surroundings; a condition must not be evaluated twice with two outcomes. */
  possible(expression: Node): boolean {
    if (someNode(expression, (n) => 'SubLink' in n)) return false;
    const volatileOutside = this.#ctx.isVolatile(this.#withoutVolatileArguments(expression));
    return !volatileOutside;
  }

  lift(expression: Node): Node {
    return mapNodes(expression, (node) => {
      if (this.#ctx.isMlCall(node) && 'FuncCall' in node) {
        const args = node.FuncCall.args?.map((arg) =>
          this.#isVolatileArgument(arg) ? this.#column(arg) : this.lift(arg),
        );
        return { FuncCall: args === undefined ? node.FuncCall : { ...node.FuncCall, args } };
      }
      return 'ColumnRef' in node ? this.#column(node) : undefined;
    });
  }

  #isVolatileArgument(arg: Node): boolean {
    return this.#ctx.isVolatile(arg) && !this.#ctx.hasMlCall(arg);
  }

  #withoutVolatileArguments(expression: Node): Node {
    const conditional = someNode(expression, (n) => 'CaseExpr' in n || 'CoalesceExpr' in n || 'BoolExpr' in n);
    if (conditional) return expression;
    return mapNodes(expression, (node) => {
      if (!this.#ctx.isMlCall(node) || !('FuncCall' in node)) return undefined;
      const args = node.FuncCall.args?.map((a) =>
        this.#isVolatileArgument(a) ? columnRef('x') : this.#withoutVolatileArguments(a),
      );
      return { FuncCall: args === undefined ? node.FuncCall : { ...node.FuncCall, args } };
    });
  }

  #column(expression: Node): Node {
    const key = fingerprint(expression);
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const name = this.#ctx.freshName('ml_arg');
    this.names.push(name);
    this.targets.push(target(expression, name));
    const reference = columnRef(this.#alias, name);
    this.#references.set(key, reference);
    return reference;
  }
}
