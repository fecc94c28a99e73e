import type { PlanContext } from '../analysis/plan-context.js';
import { asSelect, type Node, nameParts, targetValue } from '../ast/node.js';
import { namesOf, type Scope } from './scope.js';
import { domainOf } from './typed-values.js';

/** The type of an expression, as format_type or a cast writes it and without modifiers; undefined where it can't be told. */
export function expressionType(expression: Node, scope: Scope, ctx: PlanContext): string | undefined {
  if ('ColumnRef' in expression) {
    const names = namesOf(expression.ColumnRef.fields);
    const meaning = names === undefined ? undefined : scope.meaning(names);
    if (meaning?.kind === 'navigation') return 'jsonb';
    return meaning?.kind === 'column' ? bare(meaning.type) : undefined;
  }
  if ('TypeCast' in expression) {
    const { names, arrayBounds } = expression.TypeCast.typeName ?? {};
    return arrayBounds === undefined ? nameParts(names).at(-1) : undefined;
  }
  if ('FuncCall' in expression) return functionType(nameParts(expression.FuncCall.funcname), ctx);
  if ('A_Indirection' in expression) {
    const { arg, indirection = [] } = expression.A_Indirection;
    if (arg === undefined || expressionType(arg, scope, ctx) !== 'jsonb') return undefined;
    return indirection.every(isStep) ? 'jsonb' : undefined;
  }
  if ('A_Expr' in expression) {
    const { name, lexpr, rexpr } = expression.A_Expr;
    const sides = [lexpr, rexpr].filter((side) => side !== undefined);
    const isNumber = sides.some((side) => domainOf(expressionType(side, scope, ctx)) === 'number');
    return isNumber && /^[-+*/%^]$/.test(nameParts(name).at(-1) ?? '') ? 'numeric' : undefined;
  }
  if ('A_ArrayExpr' in expression) {
    const [first] = expression.A_ArrayExpr.elements ?? [];
    return first === undefined ? undefined : expressionType(first, scope, ctx);
  }
  if ('A_Const' in expression) return constantType(expression.A_Const);
  if ('CoalesceExpr' in expression) {
    const [first] = expression.CoalesceExpr.args ?? [];
    return first === undefined ? undefined : expressionType(first, scope, ctx);
  }
  if ('SubLink' in expression && expression.SubLink.subLinkType === 'EXPR_SUBLINK') {
    const value = targetValue(asSelect(expression.SubLink.subselect)?.targetList?.[0]);
    return value !== undefined && ('TypeCast' in value || 'FuncCall' in value)
      ? expressionType(value, scope, ctx)
      : undefined;
  }
  return undefined;
}

/** A step into a jsonb value: by a name or a subscript, but no slice. */
export const isStep = (step: Node): boolean =>
  'String' in step || ('A_Indices' in step && step.A_Indices.is_slice !== true);

const bare = (type: string | undefined): string | undefined => type?.replace(/\([^)]*\)/, '');

/** Where all functions of the name agree. */
function functionType(names: readonly string[], ctx: PlanContext): string | undefined {
  const schema = names.length > 1 ? names.at(-2) : undefined;
  const overloads = ctx.overloads(names.at(-1) ?? '').filter((f) => schema === undefined || f.schema === schema);
  const types = new Set(overloads.map(({ returnType }) => bare(returnType.replace(/^SETOF /, ''))));
  return types.size === 1 ? [...types][0] : undefined;
}

function constantType(constant: Extract<Node, { A_Const: unknown }>['A_Const']): string | undefined {
  if (constant.sval !== undefined) return 'text';
  if (constant.ival !== undefined || constant.fval !== undefined) return 'numeric';
  return constant.boolval === undefined ? undefined : 'boolean';
}
