import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import type { PlanContext } from './plan-context.js';

/** The fields of the row that an expression gives; null where the facts don't tell. */
export function rowFields(expression: Node, ctx: PlanContext): string[] | null {
  if ('FuncCall' in expression) {
    const ml = ctx.mlFunctionOf(expression.FuncCall);
    if (ml !== undefined) return ml.results.length > 1 ? ml.results.map((r) => r.name) : null;
    return ctx.leafWrapperOf(expression.FuncCall)?.resultColumns?.map((c) => c.name) ?? null;
  }
  if (!('TypeCast' in expression)) return null;
  const parts = nameParts(expression.TypeCast.typeName?.names);
  return ctx.compositeFields(parts.length > 1 ? parts.at(-2) : undefined, parts.at(-1) ?? '');
}
