import type { FuncCall, Node, RangeFunction } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import type { FunctionFact } from '../catalog/facts.js';
import type { PlanContext } from './plan-context.js';

/** The functions of a RangeFunction: one, or several of ROWS FROM. */
export function functionsOf(range: RangeFunction): FuncCall[] {
  return (range.functions ?? []).flatMap((entry) => {
    const call = 'List' in entry ? entry.List.items?.[0] : undefined;
    return call !== undefined && 'FuncCall' in call ? [call.FuncCall] : [];
  });
}

/** The column names of a function in FROM, before its alias renames them; null where the facts don't tell. */
export function rangeFunctionColumns(range: RangeFunction, ctx: PlanContext): string[] | null {
  if (range.coldeflist !== undefined && range.coldeflist.length > 0) {
    return range.coldeflist.map((c) => ('ColumnDef' in c ? (c.ColumnDef.colname ?? '') : ''));
  }
  const calls = functionsOf(range);
  const columns: string[] = [];
  for (const call of calls) {
    const own = callColumns(call, calls.length === 1 ? range.alias?.aliasname : undefined, ctx);
    if (own === null) return null;
    columns.push(...own);
  }
  return range.ordinality ? [...columns, 'ordinality'] : columns;
}

/**
 * The columns of one function in FROM. A scalar one has the name of its only OUT parameter, else the alias,
 * else its own name.
 */
export function callColumns(call: FuncCall, alias: string | undefined, ctx: PlanContext): string[] | null {
  const ml = ctx.mlFunctionOf(call);
  if (ml !== undefined) return ml.results.map((r) => r.name);
  const name = nameParts(call.funcname).at(-1) ?? '';
  const fact = ctx.leafWrapperOf(call) ?? onlyShape(ctx.overloads(name));
  if (fact === undefined) return null;
  if (fact.resultColumns !== null) return fact.resultColumns.map((c) => c.name);
  return [scalarColumn(fact, alias)];
}

export function scalarColumn(fact: FunctionFact, alias: string | undefined): string {
  const outputs = fact.arguments.filter((a) => a.mode !== 'in' && a.mode !== 'variadic');
  const only = outputs.length === 1 ? outputs[0]?.name : null;
  return only ?? alias ?? fact.name;
}

/** The overload that stands for all where they agree in what they return. */
function onlyShape(overloads: readonly FunctionFact[]): FunctionFact | undefined {
  const [first, ...rest] = overloads;
  if (first === undefined) return undefined;
  const shape = (f: FunctionFact): string => JSON.stringify([f.resultColumns?.map((c) => c.name) ?? null]);
  return rest.every((f) => shape(f) === shape(first)) ? first : undefined;
}

/** Whether an item of FROM is a function that is, or contains, an ML call. */
export function isMlRangeFunction(item: Node, ctx: PlanContext): boolean {
  return 'RangeFunction' in item && ctx.hasMlCall(item.RangeFunction.functions);
}
