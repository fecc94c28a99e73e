import type { PlanContext } from '../analysis/plan-context.js';
import type { CteColumns } from '../analysis/scope.js';
import type { Node, SelectStmt } from '../ast/node.js';

/**
 * What a rule may do to the ML calls of what it rewrites. A call counts once in each query block it stands in, however
 * often it is written there.
 */
export type CallChange =
  /** Calls that nobody needs may go, equal ones become one. */
  | 'drops'
  /** A call may stand in more blocks than before. */
  | 'copies'
  /** Calls that were hidden in a view or a function appear. */
  | 'reveals';

interface Promises {
  /** The name of the rule's file. */
  readonly name: string;
  /** What may become of calls; nothing where all stay. */
  readonly calls: readonly CallChange[];
  /** Whether the rule leaves alone what it has written itself. */
  readonly idempotent: boolean;
}

/** Rewrites a whole statement. */
export interface StatementRule extends Promises {
  apply(statement: Node, ctx: PlanContext): Node;
}

/** Rewrites a query without looking into those around it. */
export interface QueryRule extends Promises {
  /** @param ctes the WITH queries in scope */
  apply(select: SelectStmt, ctx: PlanContext, ctes: CteColumns): SelectStmt;
}
