/** Forms of argument expressions that need no trip to the server, or none of their own. */

import type { PlanContext } from '../analysis/plan-context.js';
import type { Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import type { CallArgument } from './plan-tree.js';

/** A string, integer or NULL constant; undefined for anything that PostgreSQL has to evaluate. */
export function constantArgument(arg: Node): CallArgument | undefined {
  if ('TypeCast' in arg && arg.TypeCast.arg !== undefined && isTextType(arg)) {
    const inner = constantArgument(arg.TypeCast.arg);
    return inner?.kind === 'constant' ? { ...inner, type: 'text' } : inner;
  }
  if (!('A_Const' in arg)) return undefined;
  const { isnull, sval, ival } = arg.A_Const;
  if (isnull) return { kind: 'constant', value: null, type: 'text' };
  if (sval !== undefined) return { kind: 'constant', value: sval.sval ?? '', type: 'text' };
  return ival === undefined ? undefined : { kind: 'constant', value: String(ival.ival ?? 0), type: 'int4' };
}

/** A cast to varchar or text without a length. */
function isTextType(cast: Node): boolean {
  if (!('TypeCast' in cast)) return false;
  const { names, typmods, arrayBounds } = cast.TypeCast.typeName ?? {};
  const type = names?.at(-1);
  const name = type !== undefined && 'String' in type ? type.String.sval : undefined;
  return (name === 'varchar' || name === 'text') && typmods === undefined && arrayBounds === undefined;
}

/** A constant argument; undefined where it has to be evaluated. */
export function constantInteger(arg: Node): number | null | undefined {
  if ('TypeCast' in arg && arg.TypeCast.arg !== undefined) return constantInteger(arg.TypeCast.arg);
  if (!('A_Const' in arg)) return undefined;
  if (arg.A_Const.isnull) return null;
  return arg.A_Const.ival === undefined ? undefined : (arg.A_Const.ival.ival ?? 0);
}

/** Reading it can't fail and costs nothing. */
export function isSimple(expression: Node): boolean {
  if ('TypeCast' in expression && expression.TypeCast.arg !== undefined) {
    return isTextType(expression) && isSimple(expression.TypeCast.arg);
  }
  return 'ColumnRef' in expression || 'A_Const' in expression || 'ParamRef' in expression;
}

/** What a cast to the type that its argument has already is a cast of. */
export function castIdentity(expression: Node, ctx: PlanContext): Node | undefined {
  if (!('TypeCast' in expression) || expression.TypeCast.arg === undefined) return undefined;
  const { arg, typeName } = expression.TypeCast;
  const names = nameParts(typeName?.names);
  if (typeName?.typmods !== undefined || typeName?.arrayBounds !== undefined || names[0] !== 'pg_catalog')
    return undefined;
  const call = 'A_Indirection' in arg ? arg.A_Indirection.arg : arg;
  const ml = call !== undefined && 'FuncCall' in call ? ctx.mlFunctionOf(call.FuncCall) : undefined;
  const indirection = 'A_Indirection' in arg ? nameParts(arg.A_Indirection.indirection) : [];
  const result = ml?.results.length === 1 ? ml.results[0] : ml?.results.find((r) => r.name === indirection[0]);
  return result !== undefined && result.type === names[1] && indirection.length < 2 ? arg : undefined;
}
