/** Which ML calls may be moved into FROM without changing what the statement means. */

import type { PlanContext } from '../analysis/plan-context.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { parseStatements } from '../ast/parse.js';
import { someNode } from '../ast/walk.js';
import type { FunctionFact } from '../catalog/facts.js';

/** Why a call has to stay; undefined where it may be moved. */
export function reasonToStay(call: FuncCall, select: SelectStmt, ctx: PlanContext): string | undefined {
  if (ctx.isVolatile(call.args)) return 'an argument is volatile';
  if (ctx.returnsSet(call.args)) return 'an argument returns a set';
  if (ctx.hasAggregate(call.args) || ctx.hasWindow(call.args)) return 'an argument aggregates rows';
  const wrapper = ctx.leafWrapperOf(call);
  return wrapper === undefined ? undefined : reasonOfWrapper(wrapper, call, select, ctx);
}

function reasonOfWrapper(
  wrapper: FunctionFact,
  call: FuncCall,
  select: SelectStmt,
  ctx: PlanContext,
): string | undefined {
  if (wrapper.language !== 'sql' || wrapper.body === null) return `the function is written in ${wrapper.language}`;
  if (wrapper.returnsSet) return 'the function returns a set';
  const body = parseStatements(wrapper.body).map((s) => s.node);
  ctx.requireFacts(body);
  if (ctx.isVolatile(body)) return 'the function calls a volatile function';
  // FROM turns a composite NULL into a row of NULLs.
  const whole = wrapper.resultColumns !== null && isUsedWhole(call, select);
  return whole ? 'the composite value of the function is used as a whole' : undefined;
}

function isUsedWhole(call: FuncCall, select: SelectStmt): boolean {
  const key = fingerprint(call);
  const isCall = (node: Node | undefined) =>
    node !== undefined && 'FuncCall' in node && fingerprint(node.FuncCall) === key;
  const isField = (node: Node): boolean =>
    'A_Indirection' in node &&
    isCall(node.A_Indirection.arg) &&
    'String' in (node.A_Indirection.indirection?.[0] ?? {});
  return someNode(
    select,
    (node) => isCall(node),
    (node) => !isField(node),
  );
}
