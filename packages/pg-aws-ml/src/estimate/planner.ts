import type { StatementContext } from '../pool-state/statement-context.js';
import type { BoundSql } from '../replay/replay.js';
import type { FieldDescription } from '../server/server-connection.js';

/** What PostgreSQL's planner expects of a query. */
export interface PlannerEstimate {
  readonly rows: number;
  /** Bytes of a row, by the averages that ANALYZE has found. */
  readonly width: number;
  /** The columns' expressions, constants folded. */
  readonly output: readonly string[];
}

interface ExplainedPlan {
  readonly Plan: {
    readonly 'Plan Rows': number;
    readonly 'Plan Width': number;
    readonly Output?: readonly string[];
  };
}

/** Asks the server about queries with the parameters of one statement. Nothing is run. */
export class Planner {
  readonly #context: StatementContext;
  readonly #parameters: Omit<BoundSql, 'text'>;

  constructor(context: StatementContext, parameters: Omit<BoundSql, 'text'>) {
    this.#context = context;
    this.#parameters = parameters;
  }

  async explain(sql: string): Promise<PlannerEstimate> {
    const { rows } = await this.#context.connection.run(`EXPLAIN (FORMAT JSON, VERBOSE) ${sql}`, this.#parameters);
    const [explained] = JSON.parse(rows[0]?.[0] ?? '[]') as ExplainedPlan[];
    if (explained === undefined) throw new Error('EXPLAIN has given no plan');
    const { 'Plan Rows': planRows, 'Plan Width': width, Output: output = [] } = explained.Plan;
    return { rows: planRows, width, output };
  }

  async rows(sql: string): Promise<number> {
    return (await this.explain(sql)).rows;
  }

  async describe(sql: string): Promise<readonly FieldDescription[]> {
    const { fields } = await this.#context.connection.describe(sql, this.#parameters.types);
    return fields ?? [];
  }
}

/** The value of a constant as EXPLAIN writes it (`10`, `'x'::text`, `NULL::bigint`); undefined for any other expression. */
export function constantOf(expression: string): string | null | undefined {
  const [, number, text, nothing] = /^(?:(-?\d+)|'((?:[^']|'')*)'::[\w ."[\]]+|(NULL)::.*)$/.exec(expression) ?? [];
  if (nothing !== undefined) return null;
  return number ?? text?.replaceAll("''", "'");
}
