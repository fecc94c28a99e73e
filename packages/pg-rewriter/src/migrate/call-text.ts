import type { PlanContext } from '../analysis/plan-context.js';
import { expressionText } from '../ast/deparse.js';
import type { FuncCall, Node } from '../ast/node.js';
import { asSelect, nameParts } from '../ast/node.js';
import { forEachNode, mapNodes } from '../ast/walk.js';
import { qualifiedName } from './set-aside-subqueries.js';

/** Writes calls as EXPLAIN does: without the subqueries that migration has put in. */
export class CallTexts {
  readonly #ctx: PlanContext;
  /** What the columns of those subqueries stand for. */
  readonly #lifted = new Map<string, Node>();

  constructor(tree: Node, ctx: PlanContext) {
    this.#ctx = ctx;
    forEachNode(tree, (node) => {
      if (!('RangeSubselect' in node) || !LIFTED.test(node.RangeSubselect.alias?.aliasname ?? '')) return;
      for (const target of asSelect(node.RangeSubselect.subquery)?.targetList ?? []) {
        if (!('ResTarget' in target) || target.ResTarget.val === undefined) continue;
        this.#lifted.set(`${node.RangeSubselect.alias?.aliasname}.${target.ResTarget.name}`, target.ResTarget.val);
      }
    });
  }

  /** `name(arguments)`, the name qualified only where the search path doesn't find the function. */
  of(call: FuncCall): string {
    const [schema, name] = qualifiedName(call);
    const { facts } = this.#ctx;
    const found = facts.searchPath.find((s) => this.#ctx.overloads(name).some((f) => f.schema === s));
    const names = found === schema ? [name] : [schema, name];
    const args = this.#asWritten(call.args ?? []);
    return expressionText({ FuncCall: { ...call, args, funcname: names.map((sval) => ({ String: { sval } })) } });
  }

  #asWritten<T>(tree: T): T {
    return mapNodes(tree, (node) => {
      if (!('ColumnRef' in node)) return undefined;
      const fields = node.ColumnRef.fields ?? [];
      const lifted = this.#lifted.get(nameParts(fields).join('.'));
      if (lifted !== undefined) return this.#asWritten(lifted);
      // EXPLAIN names columns by the alias of their table.
      return fields.length < 3 ? undefined : { ColumnRef: { ...node.ColumnRef, fields: fields.slice(-2) } };
    });
  }
}

const LIFTED = /^ml_(?:groups|limited|windows)_\d+$/;
