/**
 * The ML calls of an expression in the order of their evaluation, each with the condition under which PostgreSQL
 * would reach it (CASE, COALESCE, AND, OR, FILTER).
 */
import { boolConst } from '../ast/build.js';
import { fingerprint } from '../ast/deparse.js';
import type { CaseExpr, FuncCall, Node } from '../ast/node.js';
import { isNode } from '../ast/node.js';
import { Decline } from '../decline.js';
import type { PlanContext } from '../plan-context.js';

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

/** @param leaveOut parts that are not looked into */
export function occurrences(
  expressions: readonly Node[],
  ctx: PlanContext,
  leaveOut: (node: Node) => boolean = () => false,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const expression of expressions) new Collector(ctx, found, leaveOut).visit(expression, []);
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

  visit(value: unknown, frames: readonly Frame[]): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, frames);
    } else if (typeof value === 'object' && value !== null) {
      if (isNode(value)) this.#node(value, frames);
      else for (const child of Object.values(value)) this.visit(child, frames);
    }
  }

  #node(node: Node, frames: readonly Frame[]): void {
    if (!this.#ctx.hasMlCall(node) || this.#leaveOut(node)) return;
    if ('CaseExpr' in node) this.#case(node.CaseExpr, frames);
    else if ('CoalesceExpr' in node) this.#sequence(node.CoalesceExpr.args ?? [], frames, notNull);
    else if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') {
      this.#sequence(node.BoolExpr.args ?? [], frames, (arg) => booleanTest(arg, 'IS_FALSE'));
    } else if ('BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR') {
      this.#sequence(node.BoolExpr.args ?? [], frames, (arg) => booleanTest(arg, 'IS_TRUE'));
    } else if ('SubLink' in node) this.#subLink(node, frames);
    else if ('FuncCall' in node) this.#call(node.FuncCall, frames);
    else for (const child of Object.values(node)) this.visit(child, frames);
  }

  #subLink(node: Node, frames: readonly Frame[]): void {
    if (!('SubLink' in node)) return;
    if (this.#ctx.hasMlCall(node.SubLink.subselect)) {
      throw new Decline('subquery-in-expression', 'an ML call stands in a subquery of an expression');
    }
    this.visit(node.SubLink.testexpr, frames);
  }

  #call(call: FuncCall, frames: readonly Frame[]): void {
    this.visit(call.agg_filter, frames);
    const inner = call.agg_filter === undefined ? frames : [...frames, { unless: [], when: call.agg_filter }];
    this.visit(call.args, inner);
    this.visit([call.agg_order, call.over], inner);
    if (this.#ctx.isMlCall({ FuncCall: call })) {
      this.#found.push({ call, guard: guardOf(frames, this.#ctx), path: frames.map(fingerprint) });
    }
  }

  /** Each argument is reached unless `stops` holds for an earlier one. */
  #sequence(args: readonly Node[], frames: readonly Frame[], stops: (arg: Node) => Node): void {
    args.forEach((arg, i) => {
      const unless = args.slice(0, i).map(stops);
      this.visit(arg, i === 0 ? frames : [...frames, { unless }]);
    });
  }

  #case(expr: CaseExpr, frames: readonly Frame[]): void {
    this.visit(expr.arg, frames);
    const unless: Node[] = [];
    for (const when of expr.args ?? []) {
      if (!('CaseWhen' in when) || when.CaseWhen.expr === undefined) continue;
      const { expr: condition, result } = when.CaseWhen;
      this.visit(condition, unless.length === 0 ? frames : [...frames, { unless: [...unless] }]);
      const test = expr.arg === undefined ? condition : equals(expr.arg, condition);
      this.visit(result, [...frames, { unless: [...unless], when: test }]);
      unless.push(test);
    }
    this.visit(expr.defresult, [...frames, { unless }]);
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
