/**
 * Makes a query over the rows that a statement writes, where only its RETURNING makes ML calls.
 *
 * Before: DELETE FROM notes WHERE seen RETURNING id, detect_sentiment(body, 'en')
 * After:  WITH ml_written_1 (c1, c2) AS (DELETE FROM notes WHERE seen RETURNING id, body)
 *         SELECT c1 AS id, detect_sentiment(c2, 'en') FROM ml_written_1
 *
 * Does not rewrite: calls elsewhere in the statement; RETURNING with subqueries that make calls; stars beside FROM or
 * USING.
 */

import { outputName } from '../analysis/output-name.js';
import type { PlanContext } from '../analysis/plan-context.js';
import { isStar } from '../analysis/star.js';
import { targetColumns, type WritingTag, writingStatement } from '../analysis/written-rows.js';
import { columnRef, emptySelect, stringNode, target } from '../ast/build.js';
import { fingerprint } from '../ast/fingerprint.js';
import type { Node, SelectStmt } from '../ast/node.js';
import { nameParts } from '../ast/node.js';
import { mapNodes, someNode } from '../ast/walk.js';
import { Decline } from '../decline.js';

export interface ReturnedRows {
  readonly query: SelectStmt;
  /** Of the statement: its command tag begins so. */
  readonly tag: WritingTag;
}

/** Undefined where RETURNING makes no ML call. */
export function overReturnedRows(node: Node, ctx: PlanContext): ReturnedRows | undefined {
  const writing = writingStatement(node);
  const returning = writing?.statement.returningClause;
  if (writing === undefined || returning === undefined || !ctx.hasMlCall(returning)) return undefined;
  const { returningClause, withClause, ...rest } = writing.statement;
  if (ctx.hasMlCall([rest, withClause])) {
    throw new Decline('returning', 'RETURNING makes an ML call, and so does the rest of the statement');
  }
  const written = ctx.freshName('ml_written');
  const returned = new Returned(written);
  const targetList = (returning.exprs ?? []).flatMap((item): Node[] => {
    const val = 'ResTarget' in item ? item.ResTarget.val : undefined;
    if (val === undefined || !('ResTarget' in item)) throw new Decline('returning', 'RETURNING of an unknown form');
    if (!isStar(val)) return [target(overColumns(val, returned, ctx), item.ResTarget.name ?? outputName(val))];
    // The fields of a call's result.
    if (ctx.hasMlCall(val)) return [target(overColumns(val, returned, ctx))];
    const columns = targetColumns(val, writing.statement, ctx);
    if (columns === null) throw new Decline('returning', 'the columns behind a star of RETURNING are not known');
    const qualifier = nameParts('ColumnRef' in val ? val.ColumnRef.fields : []).slice(0, -1);
    return columns.map((name) => target(returned.column(columnRef(...qualifier, name)), name));
  });
  const ctequery = writing.with({ ...rest, returningClause: { ...returningClause, exprs: returned.targets() } });
  const own: Node = {
    CommonTableExpr: {
      ctename: written,
      aliascolnames: returned.names().map(stringNode),
      ctematerialized: 'CTEMaterializeDefault',
      ctequery,
    },
  };
  const range: Node = { RangeVar: { relname: written, inh: true, relpersistence: 'p' } };
  return {
    query: {
      ...emptySelect(),
      targetList,
      fromClause: [range],
      withClause: { ...withClause, ctes: [...(withClause?.ctes ?? []), own] },
    },
    tag: writing.tag,
  };
}

/** What makes no call is computed where the row is written. */
function overColumns(expression: Node, returned: Returned, ctx: PlanContext): Node {
  if (!ctx.hasMlCall(expression)) return returned.column(expression);
  if (someNode(expression, (n) => 'SubLink' in n)) {
    throw new Decline('subquery-in-expression', 'RETURNING makes an ML call in or beside a subquery');
  }
  return mapNodes(expression, (n) => ('ColumnRef' in n ? returned.column(n) : undefined));
}

/** The columns that the statement returns, each once. */
class Returned {
  readonly #relation: string;
  readonly #columns = new Map<string, { readonly name: string; readonly expression: Node }>();

  constructor(relation: string) {
    this.#relation = relation;
  }

  column(expression: Node): Node {
    // A column is the same wherever it stands; an expression may be volatile.
    const key = 'ColumnRef' in expression ? fingerprint(expression) : `${this.#columns.size}`;
    const known = this.#columns.get(key) ?? { name: `c${this.#columns.size + 1}`, expression };
    this.#columns.set(key, known);
    return columnRef(this.#relation, known.name);
  }

  targets(): Node[] {
    return [...this.#columns.values()].map(({ expression }) => target(expression));
  }

  names(): string[] {
    return [...this.#columns.values()].map(({ name }) => name);
  }
}
