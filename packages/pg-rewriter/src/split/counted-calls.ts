/** What native evaluation would call where the planner evaluates equal calls once, and wrappers not at all. */

import type { CallOrigin } from '../analysis/call-origins.js';
import { groupItems, sortKeyExpressions } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { isNode } from '../ast/node.js';
import { forEachNode } from '../ast/walk.js';
import { guardsOf } from './call-groups.js';
import { type Occurrence, occurrences } from './occurrences.js';
import type { Evaluation } from './plan-tree.js';

/** Calls of one origin, before the rows and the column of their condition are known. */
export interface CountedCall extends Pick<Evaluation, 'function' | 'callers'> {
  /** The conditions of which one must hold; undefined where the call is always reached. */
  readonly guards: readonly Node[] | undefined;
}

/** The ML calls that have not been counted yet, and the wrappers around them; none where nobody counts. */
export function countedCalls(found: readonly Occurrence[], ctx: PlanContext): CountedCall[] {
  const { origins } = ctx;
  if (origins === undefined) return [];
  const byOrigin = new Map<CallOrigin, Occurrence[]>();
  for (const occurrence of found) {
    const origin = origins.of(occurrence.call);
    if (origin !== undefined) byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), occurrence]);
  }
  return [...byOrigin].flatMap(([origin, copies]) => {
    const [first] = copies;
    const ml = first === undefined ? undefined : ctx.mlFunctionOf(first.call);
    if (ml === undefined || !origins.isNew(origin)) return [];
    const guards = guardsOf(copies);
    const callers = origin.wrappers.flatMap((w) => w.function.oid ?? []);
    // A wrapper has been called where the first call in its body is reached.
    const reached = origin.wrappers.filter((w) => origins.isNew(w)).flatMap((w) => w.function.oid ?? []);
    return [
      { function: ml.qualifiedName, callers, guards },
      ...reached.map((oid) => ({ function: oid, callers: [], guards })),
    ];
  });
}

/**
 * The calls that PostgreSQL evaluates for each row: what equals a key of GROUP BY, ORDER BY, DISTINCT or a window takes
 * the value of the key.
 */
export function evaluatedCalls(clauses: Partial<SelectStmt>, ctx: PlanContext): Occurrence[] {
  const keys = new Map<string, Node>();
  for (const key of keysOf(clauses)) if (ctx.hasMlCall(key)) keys.set(fingerprint(key), key);
  const { groupClause: _group, sortClause: _sort, distinctClause: _distinct, ...others } = clauses;
  const expressions = Object.values(others).flat() as Node[];
  if (keys.size === 0) return occurrences(expressions, ctx);
  const isKey = (node: Node): boolean => keys.has(fingerprint(node));
  return [...occurrences([...keys.values()], ctx), ...occurrences(expressions, ctx, isKey)];
}

function keysOf(clauses: Partial<SelectStmt>): Node[] {
  const keys = [
    ...groupItems(clauses.groupClause),
    ...sortKeyExpressions({ sortClause: clauses.sortClause ?? [] } as SelectStmt),
    ...(clauses.distinctClause ?? []).filter(isNode),
  ];
  forEachNode([clauses.targetList, clauses.windowClause, clauses.sortClause], (node) => {
    const window = 'FuncCall' in node ? node.FuncCall.over : 'WindowDef' in node ? node.WindowDef : undefined;
    if (window === undefined) return;
    keys.push(
      ...(window.partitionClause ?? []),
      ...sortKeyExpressions({ sortClause: window.orderClause ?? [] } as SelectStmt),
    );
  });
  return keys;
}
