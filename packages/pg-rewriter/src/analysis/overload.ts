import type { FuncCall, Node } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import type { ArgumentFact, FunctionFact } from '../catalog/facts.js';
import { Decline } from '../decline.js';
import type { PlanContext } from './plan-context.js';

/** The arguments of a call, matched to the input parameters of its function. */
export interface BoundArguments {
  /** One expression for each input parameter; the variadic one is left to `rest`. Undefined takes the default. */
  readonly parameters: readonly (Node | undefined)[];
  /** What falls to a VARIADIC parameter. */
  readonly rest: readonly Node[];
}

export const inputs = (fact: FunctionFact): ArgumentFact[] =>
  fact.arguments.filter((a) => a.mode === 'in' || a.mode === 'inout' || a.mode === 'variadic');

/**
 * The function that a call means, by name, search path, number and names of its arguments.
 * Undefined where no candidate can reach an ML function (whichever PostgreSQL chooses doesn't concern us).
 * @throws Decline where only argument types could tell an ML candidate from another one.
 */
export function resolveOverload(call: FuncCall, ctx: PlanContext): FunctionFact | undefined {
  const candidates = visibleOverloads(call, ctx).filter((f) => bindArguments(call, f) !== undefined);
  if (!candidates.some((f) => f.reachesMl)) return undefined;
  const [only, ...others] = candidates;
  if (only !== undefined && others.length === 0) return only;
  const name = nameParts(call.funcname).join('.');
  throw new Decline('ambiguous-overload', `the types of its arguments decide which function ${name} is called`);
}

/** The overloads that the name can mean; of equal signatures the first schema of the search path wins. */
function visibleOverloads(call: FuncCall, ctx: PlanContext): FunctionFact[] {
  const parts = nameParts(call.funcname);
  const name = parts.at(-1) ?? '';
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  const all = ctx.overloads(name);
  if (schema !== undefined) return all.filter((f) => f.schema === schema);
  const seen = new Set<string>();
  return ctx.facts.searchPath.flatMap((s) =>
    all.filter((f) => {
      if (f.schema !== s) return false;
      const signature = inputs(f)
        .map((a) => a.type)
        .join();
      if (seen.has(signature)) return false;
      seen.add(signature);
      return true;
    }),
  );
}

/** Matches positional and named arguments to parameters; undefined where they don't fit. */
export function bindArguments(call: FuncCall, fact: FunctionFact): BoundArguments | undefined {
  const parameters = inputs(fact);
  const variadicAt = parameters.findIndex((p) => p.mode === 'variadic');
  const fixed = variadicAt < 0 ? parameters.length : variadicAt;
  const bound: (Node | undefined)[] = new Array<Node | undefined>(fixed).fill(undefined);
  const rest: Node[] = [];
  let position = 0;
  for (const arg of call.args ?? []) {
    if ('NamedArgExpr' in arg) {
      const at = parameters.findIndex((p) => p.name === arg.NamedArgExpr.name);
      if (at < 0 || at >= fixed || bound[at] !== undefined || arg.NamedArgExpr.arg === undefined) return undefined;
      bound[at] = arg.NamedArgExpr.arg;
    } else if (position < fixed) {
      bound[position++] = arg;
    } else if (variadicAt >= 0) {
      rest.push(arg);
    } else {
      return undefined;
    }
  }
  const complete = bound.every((value, i) => value !== undefined || parameters[i]?.default != null);
  return complete && (variadicAt < 0 || rest.length > 0) ? { parameters: bound, rest } : undefined;
}
