/**
 * Turns ML calls that stand in FROM into expressions, so that one form is left for the later rules.
 * An ML function returns exactly one row, so joining it laterally neither adds nor removes rows.
 *
 * Before: SELECT t.id, s.sentiment FROM t, detect_sentiment(t.body, 'en') s WHERE s.confidence > 0.9
 * After:  SELECT t.id, (detect_sentiment(t.body, 'en')).sentiment FROM t WHERE (detect_sentiment(t.body, 'en')).confidence > 0.9
 *
 * Preconditions: joined by a comma, CROSS JOIN, JOIN … ON, or LEFT JOIN … ON true.
 * Does not rewrite: a call on the nullable side of an outer join, or with WITH ORDINALITY.
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { callColumns, functionsOf, isMlRangeFunction } from '../analysis/range-function.js';
import type { CteColumns } from '../analysis/scope.js';
import type { Substitution } from '../analysis/substitute.js';
import { substituteAll } from '../analysis/substitute.js';
import { andAll, field } from '../ast/build.js';
import type { FuncCall, JoinExpr, Node, RangeFunction, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { Decline } from '../decline.js';
import type { QueryRule } from './rule.js';

export const callsFromFromClauseRule: QueryRule = {
  name: 'calls-from-from-clause',
  calls: ['drops', 'copies'],
  idempotent: true,
  apply: callsFromFromClause,
};

export function callsFromFromClause(select: SelectStmt, ctx: PlanContext, ctes: CteColumns = new Map()): SelectStmt {
  const removal = new Removal(ctx);
  const from = (select.fromClause ?? []).map((item) => removal.item(item)).filter((item) => item !== undefined);
  if (removal.substitutions.length === 0) return select;
  const { fromClause: _dropped, ...rest } = select;
  const where = andAll([select.whereClause, ...removal.conditions].filter((c) => c !== undefined));
  const out: SelectStmt = { ...rest };
  if (from.length > 0) out.fromClause = from;
  if (where !== undefined) out.whereClause = where;
  return substituteAll(out, removal.substitutions, ctx, ctes);
}

/** Takes the ML functions out of a FROM clause and collects what their columns stand for. */
class Removal {
  readonly substitutions: Substitution[] = [];
  readonly conditions: Node[] = [];
  readonly #ctx: PlanContext;

  constructor(ctx: PlanContext) {
    this.#ctx = ctx;
  }

  item(item: Node): Node | undefined {
    if ('JoinExpr' in item) return this.#join(item.JoinExpr);
    if (!('RangeFunction' in item) || !isMlRangeFunction(item, this.#ctx)) return item;
    this.substitutions.push(substitutionOf(item.RangeFunction, this.#ctx));
    return undefined;
  }

  #join(join: JoinExpr): Node | undefined {
    const { larg, rarg, quals } = join;
    if (larg === undefined || rarg === undefined) return { JoinExpr: join };
    if (!containsMlFunction(larg, this.#ctx) && !containsMlFunction(rarg, this.#ctx)) return { JoinExpr: join };
    const left = join.jointype === 'JOIN_LEFT' && isTrue(quals) && isMlRangeFunction(rarg, this.#ctx);
    const leftSideOnly = join.jointype === 'JOIN_LEFT' && !containsMlFunction(rarg, this.#ctx);
    if (join.jointype !== 'JOIN_INNER' && !left && !leftSideOnly) {
      throw new Decline('join-shape', 'an ML call stands on the nullable side of an outer join');
    }
    if (join.isNatural || (join.usingClause?.length ?? 0) > 0 || join.alias !== undefined) {
      throw new Decline('join-shape', 'an ML call in FROM is joined by USING, NATURAL or under an alias');
    }
    const newLeft = this.item(larg);
    const newRight = this.item(rarg);
    if (newLeft !== undefined && newRight !== undefined) {
      return { JoinExpr: { ...join, larg: newLeft, rarg: newRight } };
    }
    if (quals !== undefined && !isTrue(quals)) this.conditions.push(quals);
    return newLeft ?? newRight;
  }
}

function containsMlFunction(item: Node, ctx: PlanContext): boolean {
  if (!('JoinExpr' in item)) return isMlRangeFunction(item, ctx);
  return [item.JoinExpr.larg, item.JoinExpr.rarg].some((side) => side !== undefined && containsMlFunction(side, ctx));
}

const isTrue = (quals: Node | undefined): boolean =>
  quals !== undefined && 'A_Const' in quals && quals.A_Const.boolval?.boolval === true;

function substitutionOf(range: RangeFunction, ctx: PlanContext): Substitution {
  if (range.ordinality) throw new Decline('set-returning', 'an ML call in FROM has WITH ORDINALITY');
  const calls = functionsOf(range);
  if (calls.length !== range.functions?.length || !calls.every((c) => ctx.isMlCall({ FuncCall: c }))) {
    throw new Decline('set-returning', 'ROWS FROM mixes ML calls with other functions');
  }
  const alias = range.alias?.aliasname ?? (calls.length === 1 ? nameParts(calls[0]?.funcname).at(-1) : undefined);
  const columns = calls.flatMap((call) =>
    columnsOf(call, calls.length === 1 ? range.alias?.aliasname : undefined, ctx),
  );
  const renames = nameParts(range.alias?.colnames);
  const whole = calls.length === 1 && renames.length === 0 ? { FuncCall: calls[0] as FuncCall } : undefined;
  const renamed = columns.map(([name, value], i): [string, Node] => [renames[i] ?? name, value]);
  return { alias, columns: new Map(renamed), kept: new Set(), whole };
}

function columnsOf(call: FuncCall, alias: string | undefined, ctx: PlanContext): [string, Node][] {
  const names = callColumns(call, alias, ctx);
  if (names === null) throw new Decline('catalog-incomplete', 'the columns of a function in FROM are not known');
  const [only] = names;
  if (names.length === 1 && only !== undefined && !isComposite(call, ctx)) return [[only, { FuncCall: call }]];
  return names.map((name) => [name, field({ FuncCall: call }, name)]);
}

function isComposite(call: FuncCall, ctx: PlanContext): boolean {
  const ml = ctx.mlFunctionOf(call);
  if (ml !== undefined) return ml.results.length > 1;
  return (ctx.leafWrapperOf(call)?.resultColumns ?? null) !== null;
}
