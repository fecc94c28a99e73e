/**
 * Puts the body of a LANGUAGE SQL function in the place of its call.
 *
 * Before: mood_of(feedback)        with mood_of(t text, lang text DEFAULT 'en') … SELECT (detect_sentiment(t, lang)).sentiment
 * After:  CAST((detect_sentiment(CAST(feedback AS text), CAST('en' AS text))).sentiment AS varchar)
 */

import type { BoundArguments } from '../analysis/overload.js';
import { inputs } from '../analysis/overload.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { unwrapReturn } from '../analysis/return-body.js';
import { andAll, caseWhen, isNotNull } from '../ast/build.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts, targetValue } from '../ast/node.js';
import { parseExpression, parseStatements } from '../ast/parse.js';
import { forEachNode, mapNodes, someNode } from '../ast/walk.js';
import type { FunctionFact } from '../catalog/facts.js';
import { Decline } from '../decline.js';
import { callsFromFromClause } from './calls-from-from-clause.js';
import type { Expanded } from './expand-functions.js';
import { expandStars } from './expand-stars.js';
import { nameOutputs } from './name-outputs.js';

export function inlineBody(
  fact: FunctionFact,
  bound: BoundArguments,
  ctx: PlanContext,
  expand: <T>(tree: T) => T,
): Expanded {
  const body = bodyOf(fact, expand, ctx);
  const args = argumentsOf(fact, bound);
  refuseRepeatedVolatile(body, args, fact, ctx);
  const results = (body.targetList ?? []).map((t) => resultOf(t, args, fact));
  const strict = (value: Node): Node => (fact.strict ? guardStrict(value, args) : value);
  if (fact.resultColumns !== null && results.length > 1) {
    const fields = fact.resultColumns.map((c, i): [string, Node] => [c.name, cast(strict(at(results, i)), c.type)]);
    return { kind: 'row', fields: new Map(fields) };
  }
  const value = strict(at(results, 0));
  const only = fact.resultColumns?.length === 1 ? fact.resultColumns[0] : undefined;
  if (only !== undefined && isRecordType(fact.returnType)) {
    return { kind: 'row', fields: new Map([[only.name, cast(value, only.type)]]) };
  }
  return { kind: 'expression', expression: cast(value, fact.returnType) };
}

function at(results: readonly Node[], i: number): Node {
  const result = results[i];
  if (result === undefined)
    throw new Decline('function-not-inlinable', 'a function returns fewer columns than declared');
  return result;
}

const isRecordType = (type: string): boolean => type === 'record';
const isPolymorphic = (type: string): boolean => /^any/.test(type) || isRecordType(type);

function cast(value: Node, type: string): Node {
  if (isPolymorphic(type)) return value;
  const sample = parseExpression(`CAST(NULL AS ${type})`);
  if (!('TypeCast' in sample)) throw new Error('a cast parses as a cast');
  return { TypeCast: { ...sample.TypeCast, arg: value } };
}

/** The body as one table-free SELECT over expressions. */
function bodyOf(fact: FunctionFact, expand: <T>(tree: T) => T, ctx: PlanContext): SelectStmt {
  const refuse = (why: string): never => {
    throw new Decline('function-not-inlinable', `function ${fact.schema}.${fact.name} ${why}`);
  };
  if (fact.language !== 'sql' || fact.body === null) return refuse(`is written in ${fact.language}`);
  if (!(fact.runsAsCaller ?? !fact.securityDefiner)) return refuse('is SECURITY DEFINER');
  if (fact.hasSettings) return refuse('has a SET clause');
  if (fact.strict && fact.returnsSet) return refuse('returns no row for a NULL argument');
  if (fact.kind !== 'function') return refuse(`is a ${fact.kind}`);
  const statements = parseStatements(fact.body);
  const select = statements.length === 1 ? asSelect(unwrapReturn(statements[0]?.node)) : undefined;
  if (select === undefined) return refuse('is not a single SELECT');
  const expanded = expand(nameOutputs({ SelectStmt: select }));
  const flat = expandStars(callsFromFromClause(asSelect(expanded) ?? select, ctx), ctx, new Map());
  const plain =
    flat.fromClause === undefined &&
    flat.whereClause === undefined &&
    flat.groupClause === undefined &&
    flat.havingClause === undefined &&
    flat.withClause === undefined &&
    flat.limitCount === undefined &&
    flat.limitOffset === undefined &&
    flat.sortClause === undefined &&
    flat.op === 'SETOP_NONE' &&
    flat.valuesLists === undefined;
  if (!plain || hasQueryFeatures(flat, ctx)) return refuse('is a query of its own');
  return flat;
}

const hasQueryFeatures = (select: SelectStmt, ctx: PlanContext): boolean =>
  someNode(
    select.targetList,
    (n) => 'SubLink' in n || ('FuncCall' in n && (n.FuncCall.over !== undefined || ctx.isAggregate(n.FuncCall))),
  ) || ctx.returnsSet(select.targetList);

interface Argument {
  readonly name: string | null;
  readonly position: number;
  readonly value: Node;
}

function argumentsOf(fact: FunctionFact, bound: BoundArguments): Argument[] {
  if (bound.rest.length > 0) {
    throw new Decline('function-not-inlinable', `function ${fact.schema}.${fact.name} is variadic`);
  }
  return inputs(fact).map((parameter, i) => {
    const given = bound.parameters[i] ?? parseExpression(parameter.default ?? 'NULL');
    return { name: parameter.name, position: i + 1, value: cast(given, parameter.type) };
  });
}

function resultOf(target: Node, args: readonly Argument[], fact: FunctionFact): Node {
  const val = targetValue(target);
  if (val === undefined) throw new Decline('function-not-inlinable', 'a function body has an unusual SELECT list');
  return mapNodes(val, (node) => {
    const arg = referenced(node, args, fact);
    if (arg !== undefined) return arg.value;
    const field = fieldReference(node, args);
    return field;
  });
}

/** `$n`, `name` or `function.name` */
function referenced(node: Node, args: readonly Argument[], fact: FunctionFact): Argument | undefined {
  if ('ParamRef' in node) return args.find((a) => a.position === node.ParamRef.number);
  if (!('ColumnRef' in node)) return undefined;
  const parts = nameParts(node.ColumnRef.fields);
  const name = parts.length === 1 ? parts[0] : parts.length === 2 && parts[0] === fact.name ? parts[1] : undefined;
  return args.find((a) => a.name !== null && a.name === name);
}

/** `name.field` of a composite argument */
function fieldReference(node: Node, args: readonly Argument[]): Node | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const parts = nameParts(node.ColumnRef.fields);
  const arg = args.find((a) => a.name !== null && a.name === parts[0]);
  const [, ...indirection] = node.ColumnRef.fields ?? [];
  return arg === undefined || indirection.length === 0 ? undefined : { A_Indirection: { arg: arg.value, indirection } };
}

/** A volatile argument must be evaluated exactly once, as a function's argument is. */
function refuseRepeatedVolatile(
  body: SelectStmt,
  args: readonly Argument[],
  fact: FunctionFact,
  ctx: PlanContext,
): void {
  for (const arg of args) {
    let uses = 0;
    forEachNode(body.targetList, (node) => {
      if (referenced(node, [arg], fact) !== undefined || fieldReference(node, [arg]) !== undefined) uses += 1;
    });
    if (uses !== 1 && ctx.isVolatile(arg.value)) {
      throw new Decline(
        'function-not-inlinable',
        `a volatile argument of ${fact.schema}.${fact.name} is used ${uses} times`,
      );
    }
  }
}

/** A STRICT function is not called when an argument is NULL. */
function guardStrict(value: Node, args: readonly Argument[]): Node {
  const condition = andAll(args.map((a) => isNotNull(a.value)));
  return condition === undefined ? value : caseWhen(condition, value);
}
