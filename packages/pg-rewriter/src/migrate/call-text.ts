import { expressionText } from '../ast/deparse.js';
import type { FuncCall, Node } from '../ast/node.js';
import { mapNodes } from '../ast/walk.js';
import type { PlanContext } from '../plan-context.js';
import { qualifiedName } from './set-aside-subqueries.js';

/** A call as EXPLAIN writes it: `name(arguments)`, qualified only where the search path doesn't find the function. */
export function callText(call: FuncCall, ctx: PlanContext): string {
  const [schema, name] = qualifiedName(call);
  const found = ctx.facts.searchPath.find((s) => ctx.overloads(name).some((f) => f.schema === s));
  const names = found === schema ? [name] : [schema, name];
  const args = call.args?.map((arg) => mapNodes(arg, withoutSchema));
  const named: FuncCall = { ...call, funcname: names.map((sval) => ({ String: { sval } })) };
  return expressionText({ FuncCall: args === undefined ? named : { ...named, args } });
}

/** EXPLAIN names columns by the alias of their table. */
function withoutSchema(node: Node): Node | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const fields = node.ColumnRef.fields ?? [];
  return fields.length < 3 ? undefined : { ColumnRef: { ...node.ColumnRef, fields: fields.slice(-2) } };
}
