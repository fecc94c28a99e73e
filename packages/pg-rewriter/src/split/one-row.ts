import type { PlanContext } from '../analysis/plan-context.js';
import { emptySelect, target } from '../ast/build.js';
import type { Node } from '../ast/node.js';
import type { Steps } from '../steps.js';
import { planQuery } from './plan-query.js';
import type { Pipeline } from './plan-tree.js';

/** Values that are computed once, before the statement that uses them. */
export interface OneRow {
  readonly pipelines: readonly Pipeline[];
  /** For each expression the scalar subquery that gives its value. */
  readonly values: readonly Node[];
}

/** Plans expressions without columns as the one row of a pipeline. */
export function* planOneRow(expressions: readonly Node[], ctx: PlanContext): Steps<OneRow> {
  const targetList = expressions.map((expression, i) => target(expression, `v${i + 1}`));
  const { pipelines, query } = yield* planQuery({ ...emptySelect(), targetList }, ctx);
  const values = (query.targetList ?? []).map((item): Node => {
    const subselect: Node = { SelectStmt: { ...query, targetList: [item] } };
    return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect } };
  });
  return { pipelines, values };
}
