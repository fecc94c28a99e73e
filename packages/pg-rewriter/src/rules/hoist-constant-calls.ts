/**
 * Makes calls with constant arguments once, before the query, when they order a query under a LIMIT: so the query itself
 * stays whole and can walk an index.
 *
 * Before: SELECT id FROM items ORDER BY embedding <=> invoke_model_get_embeddings('m', 'application/json', 'e', $1)::vector LIMIT 5
 * After:  SELECT id FROM items ORDER BY embedding <=> (SELECT ml_rows_1.ml_1 FROM ml_rows_1)::vector LIMIT 5
 *         with ml_rows_1 the one row of a scan that makes the call
 *
 * Preconditions: every ML call of the block is constant: no columns, nothing volatile in its arguments.
 * Does not rewrite: constant calls elsewhere; a row scan makes them once too, and not at all where there is no row.
 */

import { sortKeyExpressions } from '../analysis/order-keys.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';

export interface HoistedCalls {
  /** The calls, or the fields of their rows. */
  readonly calls: readonly Node[];
  /** The block with what stands for each call in its place. */
  withValues(values: readonly Node[]): SelectStmt;
}

export function hoistConstantCalls(select: SelectStmt, ctx: PlanContext): HoistedCalls | undefined {
  if (select.limitCount === undefined || !ctx.hasMlCall(sortKeyExpressions(select))) return undefined;
  const values = new Map<string, Node>();
  let hoistable = true;
  const collect = (node: Node): Node | undefined => {
    const call = callOf(node, ctx);
    if (call === undefined) {
      // The row of a composite result has no scalar to stand for it.
      if (ctx.isMlCall(node)) hoistable = false;
      return undefined;
    }
    if (!isConstant(call, ctx)) hoistable = false;
    values.set(fingerprint(node), node);
    return node;
  };
  mapNodes(select, collect);
  if (!hoistable || values.size === 0) return undefined;
  const keys = [...values.keys()];
  return {
    calls: [...values.values()],
    withValues: (replacements) =>
      mapNodes(select, (node) => {
        if (callOf(node, ctx) === undefined) return undefined;
        return replacements[keys.indexOf(fingerprint(node))];
      }),
  };
}

/** The ML call behind a scalar: the call itself, or a field of its row. */
function callOf(node: Node, ctx: PlanContext): Node | undefined {
  if ('A_Indirection' in node) {
    const { arg, indirection } = node.A_Indirection;
    const field = indirection?.[0];
    const isField = indirection?.length === 1 && field !== undefined && 'String' in field;
    return isField && arg !== undefined && ctx.isMlCall(arg) ? arg : undefined;
  }
  if (!('FuncCall' in node)) return undefined;
  return ctx.mlFunctionOf(node.FuncCall)?.results.length === 1 ? node : undefined;
}

const isConstant = (call: Node, ctx: PlanContext): boolean =>
  'FuncCall' in call &&
  !ctx.isVolatile(call) &&
  !someNode(call.FuncCall.args, (n) => 'ColumnRef' in n || 'SubLink' in n || ctx.isMlCall(n));
