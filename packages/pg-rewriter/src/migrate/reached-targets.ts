import { PlanContext } from '../analysis/plan-context.js';
import { field } from '../ast/build.js';
import type { FuncCall, Node } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import { Decline } from '../decline.js';
import { expandFunctions } from '../rules/expand-functions.js';
import type { ReachedTarget } from './migration.js';

/** What an ML call invokes, by itself or through the functions that it wraps. Empty where that can't be told. */
export function reachedTargets(call: FuncCall, sql: string, ctx: PlanContext): ReachedTarget[] {
  const columns = ctx.leafWrapperOf(call)?.resultColumns?.map((c) => c.name) ?? [];
  const node: Node = { FuncCall: call };
  const values = columns.length === 0 ? [node] : columns.map((column) => field(node, column));
  const found = new Map<string, ReachedTarget>();
  try {
    const inlining = new PlanContext(ctx.facts, sql);
    forEachNode(expandFunctions(values, inlining), (n) => {
      const ml = 'FuncCall' in n ? inlining.mlFunctionOf(n.FuncCall) : undefined;
      if (ml === undefined || !('FuncCall' in n)) return;
      const name = constantText(n.FuncCall.args?.[ml.targetPosition]);
      found.set(JSON.stringify([ml.qualifiedName, name]), { function: ml.qualifiedName, name });
    });
  } catch (error) {
    if (!(error instanceof Decline)) throw error;
  }
  return [...found.values()];
}

function constantText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('TypeCast' in node) return constantText(node.TypeCast.arg);
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}
