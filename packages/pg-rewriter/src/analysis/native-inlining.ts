/**
 * Whether PostgreSQL puts the body of a LANGUAGE SQL function in the place of its call: then it never calls the
 * function. As in the server's inline_function and inline_set_returning_function, for bodies that make an ML call, which
 * is volatile, not STRICT and dear.
 */
import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { parseStatements } from '../ast/parse.js';
import { someNode } from '../ast/walk.js';
import type { FunctionFact } from '../catalog/facts.js';
import type { BoundArguments } from './overload.js';
import { inputs } from './overload.js';
import type { PlanContext } from './plan-context.js';
import { unwrapReturn } from './return-body.js';

/** The server evaluates an argument again for each use where it costs no more than so many operators. */
const CHEAP_OPERATORS = 10;

/** @param inFrom whether the call is an item of FROM */
export function isInlinedNatively(
  fact: FunctionFact,
  bound: BoundArguments,
  ctx: PlanContext,
  inFrom: boolean,
): boolean {
  if (fact.language !== 'sql' || fact.securityDefiner || fact.hasSettings || fact.strict) return false;
  if (fact.returnsSet) {
    return inFrom && fact.volatility !== 'volatile' && !bound.parameters.some((arg) => isDear(arg, ctx));
  }
  if (fact.volatility !== 'volatile' || fact.returnType === 'record') return false;
  const expression = onlyExpression(fact);
  return (
    expression !== undefined && bound.parameters.every((arg, i) => uses(expression, fact, i) === 1 || !isDear(arg, ctx))
  );
}

/** The expression that a body consists of: a SELECT without any clause. */
function onlyExpression(fact: FunctionFact): Node | undefined {
  const [only, another] = parseStatements(fact.body ?? '');
  const select = another === undefined ? asSelect(unwrapReturn(only?.node)) : undefined;
  const target = select?.targetList?.length === 1 ? select.targetList[0] : undefined;
  if (select === undefined || target === undefined || !('ResTarget' in target) || hasClauses(select)) return undefined;
  return target.ResTarget.val;
}

const hasClauses = ({ targetList: _expressions, ...clauses }: SelectStmt): boolean =>
  Object.values(clauses).some((clause) => Array.isArray(clause) || (typeof clause === 'object' && clause !== null)) ||
  clauses.op !== 'SETOP_NONE';

/** How often an expression of the body reads the argument. */
function uses(expression: Node, fact: FunctionFact, position: number): number {
  const name = inputs(fact)[position]?.name;
  let count = 0;
  someNode(expression, (node) => {
    if ('ParamRef' in node && node.ParamRef.number === position + 1) count += 1;
    if (name != null && 'ColumnRef' in node) {
      const [first, second] = nameParts(node.ColumnRef.fields);
      if (first === name || (first === fact.name && second === name)) count += 1;
    }
    return false;
  });
  return count;
}

function isDear(arg: Node | undefined, ctx: PlanContext): boolean {
  let operators = 0;
  return someNode(arg, (node) => {
    if ('SubLink' in node || ctx.isMlCall(node)) return true;
    if ('FuncCall' in node) {
      const overloads = ctx.overloads(nameParts(node.FuncCall.funcname).at(-1) ?? '');
      if (overloads.some((f) => f.language !== 'internal' && f.language !== 'c')) return true;
    }
    if ('FuncCall' in node || 'A_Expr' in node) operators += 1;
    return operators > CHEAP_OPERATORS;
  });
}
