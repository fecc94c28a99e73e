/**
 * Writes every ML call with its qualified name and positional arguments, and expands the LANGUAGE SQL functions
 * that wrap one.
 *
 * Before: SELECT anomaly_score(description) FROM r
 * After:  SELECT CAST(aws_sagemaker.invoke_endpoint('rcf', NULL, CAST(description AS text)) AS real) FROM r
 *
 * Preconditions: the wrapper is one SELECT that PostgreSQL could inline: no tables, no SET clause, not SECURITY
 * DEFINER; an argument that is used more than once is not volatile.
 * Does not rewrite: other functions that reach an ML function (PL/pgSQL, queries over tables): the statement declines.
 * Why here: all later rules look at ML calls only.
 */

import type { MlFunction } from 'aws-ml-core/ml-functions';
import { mlFunctions } from 'aws-ml-core/ml-functions';
import { isInlinedNatively } from '../analysis/native-inlining.js';
import type { BoundArguments } from '../analysis/overload.js';
import { bindArguments, resolveOverload } from '../analysis/overload.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isStar } from '../analysis/star.js';
import { asWritten } from '../analysis/stored-arguments.js';
import { field, functionCall, nullConst, target } from '../ast/build.js';
import type { FuncCall, Node, SelectStmt } from '../ast/node.js';
import { nameParts, targetValue } from '../ast/node.js';
import { parseExpression } from '../ast/parse.js';
import { mapFields, mapNodes } from '../ast/walk.js';
import type { FunctionFact } from '../catalog/facts.js';
import { Decline } from '../decline.js';
import { inlineBody } from './inline-sql-body.js';
import type { StatementRule } from './rule.js';

/** Deeper nesting of wrappers than this is taken for a recursion. */
const MAX_DEPTH = 32;

export const expandFunctionsRule: StatementRule = {
  name: 'expand-functions',
  calls: ['reveals', 'drops'],
  idempotent: true,
  apply: (statement, ctx) => expandFunctions(statement, ctx),
};

export function expandFunctions<T>(tree: T, ctx: PlanContext, depth = 0): T {
  if (depth > MAX_DEPTH) throw new Decline('function-not-inlinable', 'SQL functions are nested too deeply');
  ctx.requireFacts(tree);
  const visit = (node: Node): Node | undefined => {
    if ('SelectStmt' in node && ctx.expandWrappers) {
      return { SelectStmt: mapFields(withoutWrapperStars(node.SelectStmt, ctx), visit) };
    }
    if ('RangeFunction' in node) return expandRangeFunction(node, visit, ctx, depth);
    if ('A_Indirection' in node) return expandField(node, visit, ctx, depth);
    if (!('FuncCall' in node)) return undefined;
    const call = mapFields(node.FuncCall, visit);
    const expanded = expandCall(call, ctx, depth);
    if (expanded.kind === 'row') {
      throw new Decline(
        'function-not-inlinable',
        `the row of ${nameParts(call.funcname).join('.')} is used as a whole`,
      );
    }
    return expanded.expression;
  };
  return mapNodes(tree, visit);
}

/** `(wrapper(x)).*` in a SELECT list is written out, as PostgreSQL's parser does: one call of the wrapper a column. */
function withoutWrapperStars(select: SelectStmt, ctx: PlanContext): SelectStmt {
  const out: SelectStmt = { ...select };
  if (select.targetList !== undefined) out.targetList = select.targetList.flatMap((t) => wrapperColumns(t, ctx) ?? [t]);
  if (select.larg !== undefined) out.larg = withoutWrapperStars(select.larg, ctx);
  if (select.rarg !== undefined) out.rarg = withoutWrapperStars(select.rarg, ctx);
  return out;
}

function wrapperColumns(item: Node, ctx: PlanContext): Node[] | undefined {
  const val = targetValue(item);
  if (val === undefined || !isStar(val) || !('A_Indirection' in val)) return undefined;
  const { arg, indirection } = val.A_Indirection;
  if (arg === undefined || !('FuncCall' in arg) || indirection?.length !== 1) return undefined;
  const fact = resolveOverload(arg.FuncCall, ctx);
  if (fact === undefined || mlFunctions.some((f) => f.schema === fact.schema && f.name === fact.name)) return undefined;
  return fact.resultColumns?.map((column) => target(field(arg, column.name), column.name));
}

/** What a call becomes: an expression, or a row of named expressions (OUT parameters of a wrapper). */
export type Expanded =
  | { readonly kind: 'expression'; readonly expression: Node }
  | { readonly kind: 'row'; readonly fields: ReadonlyMap<string, Node> };

function expandCall(call: FuncCall, ctx: PlanContext, depth: number, inFrom = false): Expanded {
  const fact = resolveOverload(call, ctx);
  if (fact === undefined) return { kind: 'expression', expression: { FuncCall: call } };
  const bound = bindArguments(call, fact);
  if (bound === undefined) throw new Error('a resolved call has bound arguments');
  const ml = mlFunctions.find((f) => f.schema === fact.schema && f.name === fact.name);
  if (ml !== undefined) {
    const written = mlCall(ml, bound, call);
    return { kind: 'expression', expression: ctx.origins?.mark(written) ?? written };
  }
  if (!ctx.expandWrappers) {
    ctx.addLeafWrapper(fact);
    return { kind: 'expression', expression: wrapperCall(fact, bound, call) };
  }
  const inline = () => inlineBody(fact, bound, ctx, (body) => expandFunctions(body, ctx, depth + 1));
  if (ctx.origins === undefined || isInlinedNatively(fact, bound, ctx, inFrom)) return inline();
  return ctx.origins.within(fact, inline);
}

function mlCall(ml: MlFunction, bound: BoundArguments, call: FuncCall): Node {
  const args = bound.parameters.map((arg, i) => arg ?? parseExpression(ml.parameters[i]?.default ?? 'NULL'));
  const { rest, variadic } = asWritten(bound.rest, call.func_variadic === true);
  return functionCall([ml.schema, ml.name], [...args, ...rest], variadic);
}

function wrapperCall(fact: FunctionFact, bound: BoundArguments, call: FuncCall): Node {
  const defaults = fact.arguments.filter((a) => a.mode === 'in' || a.mode === 'inout').map((a) => a.default);
  const args = bound.parameters.map((arg, i) => arg ?? defaultOf(defaults[i]));
  return functionCall([fact.schema, fact.name], [...args, ...bound.rest], call.func_variadic === true);
}

const defaultOf = (sql: string | null | undefined): Node => (sql == null ? nullConst() : parseExpression(sql));

/** `(wrapper(x)).field` picks one expression out of a wrapper's row. */
function expandField(node: Node, visit: (n: Node) => Node | undefined, ctx: PlanContext, depth: number) {
  if (!('A_Indirection' in node)) return undefined;
  const { arg, indirection = [] } = node.A_Indirection;
  const [first, ...more] = indirection;
  if (arg === undefined || !('FuncCall' in arg) || first === undefined || !('String' in first)) return undefined;
  const expanded = expandCall(mapFields(arg.FuncCall, visit), ctx, depth);
  const base =
    expanded.kind === 'row'
      ? expanded.fields.get(first.String.sval ?? '')
      : ({ A_Indirection: { arg: expanded.expression, indirection: [first] } } satisfies Node);
  if (base === undefined) throw new Decline('unresolved-column', 'a wrapper has no column of that name');
  return more.length === 0 ? base : { A_Indirection: { arg: base, indirection: mapNodes(more, visit) } };
}

/** A wrapper in FROM becomes a lateral subquery over its expressions; an ML function stays a function. */
function expandRangeFunction(node: Node, visit: (n: Node) => Node | undefined, ctx: PlanContext, depth: number) {
  if (!('RangeFunction' in node)) return undefined;
  const range = node.RangeFunction;
  const entry = range.functions?.[0];
  const item = entry !== undefined && 'List' in entry ? entry.List.items?.[0] : undefined;
  if (range.functions?.length !== 1 || item === undefined || !('FuncCall' in item)) return undefined;
  const fact = resolveOverload(item.FuncCall, ctx);
  if (fact === undefined || mlFunctions.some((f) => f.schema === fact.schema && f.name === fact.name)) return undefined;
  if (!ctx.expandWrappers) return undefined;
  if (range.ordinality) throw new Decline('function-not-inlinable', 'a wrapper in FROM has WITH ORDINALITY');
  const expanded = expandCall(mapFields(item.FuncCall, visit), ctx, depth, true);
  return wrapperSubquery(expanded, fact, range.alias);
}

function wrapperSubquery(expanded: Expanded, fact: FunctionFact, alias: { aliasname?: string } | undefined): Node {
  const aliasname = alias?.aliasname ?? fact.name;
  const targets = wrapperTargets(expanded, fact, aliasname);
  return {
    RangeSubselect: {
      lateral: true,
      subquery: { SelectStmt: { limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE', targetList: targets } },
      alias: { ...alias, aliasname },
    },
  };
}

function wrapperTargets(expanded: Expanded, fact: FunctionFact, aliasname: string): Node[] {
  const named = (name: string, val: Node): Node => ({ ResTarget: { name, val } });
  if (expanded.kind === 'row') return [...expanded.fields].map(([name, val]) => named(name, val));
  const { expression } = expanded;
  if (fact.resultColumns !== null) {
    return fact.resultColumns.map((c) =>
      named(c.name, { A_Indirection: { arg: expression, indirection: [{ String: { sval: c.name } }] } }),
    );
  }
  const outputs = fact.arguments.filter((a) => a.mode !== 'in' && a.mode !== 'variadic');
  const only = outputs.length === 1 ? outputs[0]?.name : null;
  return [named(only ?? aliasname, expression)];
}
