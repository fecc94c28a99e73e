/**
 * The ML calls of an expression in the order of their evaluation, each with the condition under which PostgreSQL
 * would reach it (CASE, COALESCE, AND, OR, FILTER).
 */

import type { PlanContext } from '../analysis/plan-context.js';
import { boolConst, caseWhen } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { CaseExpr, FuncCall, Node } from '../ast/node.js';
import { isNode } from '../ast/node.js';
import { Decline } from '../decline.js';
import { share, TestChain } from './earlier-tests.js';

export interface Occurrence {
  readonly call: FuncCall;
  /** Undefined where the call is always reached. */
  readonly guard: Node | undefined;
  /** The branches in which it stands, from the outermost on: equal keys for equal branches. */
  readonly path: readonly string[];
}

/** Earlier conditions that must not hold, and one that must. */
interface Frame {
  readonly unless: readonly Node[];
  readonly when?: Node;
}

/** Where an expression stands. */
interface Place {
  readonly frames: readonly Frame[];
  /** The keys of all frames; of more frames than are listed where these are folded. */
  readonly path: readonly string[];
}

const TOP: Place = { frames: [], path: [] };

/** So many nested branches are written out in each condition. */
const MOST_FRAMES = 16;

/** @param leaveOut parts that are not looked into */
export function occurrences(
  expressions: readonly Node[],
  ctx: PlanContext,
  leaveOut: (node: Node) => boolean = () => false,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const expression of expressions) new Collector(ctx, found, leaveOut).visit(expression, TOP);
  return found;
}

class Collector {
  readonly #ctx: PlanContext;
  readonly #found: Occurrence[];
  readonly #leaveOut: (node: Node) => boolean;

  constructor(ctx: PlanContext, found: Occurrence[], leaveOut: (node: Node) => boolean) {
    this.#ctx = ctx;
    this.#found = found;
    this.#leaveOut = leaveOut;
  }

  visit(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, place);
    } else if (typeof value === 'object' && value !== null) {
      if (isNode(value)) this.#node(value, place);
      else for (const child of Object.values(value)) this.visit(child, place);
    }
  }

  #node(node: Node, place: Place): void {
    if (!this.#ctx.hasMlCall(node) || this.#leaveOut(node)) return;
    if ('CaseExpr' in node) this.#case(node.CaseExpr, place);
    else if ('CoalesceExpr' in node) this.#sequence(node.CoalesceExpr.args ?? [], place, notNull);
    else if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') {
      this.#sequence(node.BoolExpr.args ?? [], place, (arg) => booleanTest(arg, 'IS_FALSE'));
    } else if ('BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR') {
      this.#sequence(node.BoolExpr.args ?? [], place, (arg) => booleanTest(arg, 'IS_TRUE'));
    } else if ('SubLink' in node) this.#subLink(node, place);
    else if ('FuncCall' in node) this.#call(node.FuncCall, place);
    else for (const child of Object.values(node)) this.visit(child, place);
  }

  #subLink(node: Node, place: Place): void {
    if (!('SubLink' in node)) return;
    if (this.#ctx.hasMlCall(node.SubLink.subselect)) {
      throw new Decline('subquery-in-expression', 'an ML call stands in a subquery of an expression');
    }
    this.visit(node.SubLink.testexpr, place);
  }

  #call(call: FuncCall, place: Place): void {
    this.visit(call.agg_filter, place);
    const inner = call.agg_filter === undefined ? place : this.#inside(place, { unless: [], when: call.agg_filter });
    this.visit(call.args, inner);
    this.visit([call.agg_order, call.over], inner);
    if (this.#ctx.isMlCall({ FuncCall: call })) {
      this.#found.push({ call, guard: guardOf(place.frames, this.#ctx), path: place.path });
    }
  }

  /** Each argument is reached unless `stops` holds for an earlier one. */
  #sequence(args: readonly Node[], place: Place, stops: (arg: Node) => Node): void {
    const chain = this.#chain(args.map(stops), place);
    args.forEach((arg, i) => {
      if (this.#ctx.hasMlCall(arg)) this.visit(arg, i === 0 ? place : this.#inside(place, { unless: chain.before(i) }));
    });
  }

  #case(expr: CaseExpr, place: Place): void {
    this.visit(expr.arg, place);
    const branches = (expr.args ?? []).flatMap((branch) => ('CaseWhen' in branch ? [branch.CaseWhen] : []));
    const tests = branches.map(({ expr: condition }) =>
      expr.arg === undefined ? (condition as Node) : equals(expr.arg, condition as Node),
    );
    const chain = this.#chain(tests, place);
    branches.forEach(({ expr: condition, result }, i) => {
      if (this.#ctx.hasMlCall(condition)) {
        this.visit(condition, i === 0 ? place : this.#inside(place, { unless: chain.before(i) }));
      }
      if (!this.#ctx.hasMlCall(result)) return;
      const first = chain.isFirst(i);
      const frame =
        first === undefined ? { unless: chain.before(i), when: tests[i] as Node } : { unless: [], when: first };
      this.visit(result, this.#inside(place, frame));
    });
    if (this.#ctx.hasMlCall(expr.defresult)) {
      this.visit(expr.defresult, this.#inside(place, { unless: chain.before(branches.length) }));
    }
  }

  #chain(tests: readonly Node[], { frames }: Place): TestChain {
    const ctx = this.#ctx;
    return new TestChain(tests, {
      within: (expression) => (frames.length === 0 ? expression : caseWhen(guardOf(frames, ctx) as Node, expression)),
      callsIn: (test) => ctx.mlCallsIn(test),
      certainCallsIn: (test) =>
        occurrences([test], ctx, this.#leaveOut)
          .filter(({ guard }) => guard === undefined)
          .map(({ call }) => fingerprint(call)),
    });
  }

  #inside({ frames, path }: Place, frame: Frame): Place {
    const outer =
      frames.length < MOST_FRAMES ? frames : [{ unless: [], when: share(guardOf(frames, this.#ctx) as Node) }];
    return { frames: [...outer, frame], path: [...path, fingerprint(frame)] };
  }
}

const equals = (lexpr: Node, rexpr: Node): Node => ({
  A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr },
});

const notNull = (arg: Node): Node => ({ NullTest: { arg, nulltesttype: 'IS_NOT_NULL' } });

const booleanTest = (arg: Node, booltesttype: 'IS_TRUE' | 'IS_FALSE'): Node => ({ BooleanTest: { arg, booltesttype } });

/** One boolean expression that evaluates conditions in the same order, and as rarely, as the statement does. */
function guardOf(frames: readonly Frame[], ctx: PlanContext): Node | undefined {
  if (frames.length === 0) return undefined;
  if (ctx.isVolatile(frames)) {
    throw new Decline('volatile-condition', 'whether an ML call is reached depends on a volatile condition');
  }
  return frames.reduceRight<Node>((inner, frame) => {
    const args = frame.unless.map((expr): Node => ({ CaseWhen: { expr, result: boolConst(false) } }));
    if (frame.when === undefined) return { CaseExpr: { args, defresult: inner } };
    args.push({ CaseWhen: { expr: frame.when, result: inner } });
    return { CaseExpr: { args, defresult: boolConst(false) } };
  }, boolConst(true));
}
