import { type PipelinePlan, type RelationSql, ROW_NUMBER } from 'pg-rewriter';
import { mostRowsPerBatch } from '../execute/most-rows-per-batch.js';
import { PipelineTypes } from '../execute/statement-run.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { constantOf, type Planner } from './planner.js';
import { rowsRead } from './rows-read.js';
import { withoutOrder } from './statistics-query.js';

/** The rows of a relation whose pipeline has been estimated. */
interface ExpectedRelation {
  readonly types: PipelineTypes;
  readonly rows: number;
}

/** What is expected of a pipeline. */
export interface PipelineEstimate {
  /** The base query as text, for questions about its columns. */
  readonly source: string;
  /** Rows that reach each stage. */
  readonly stageRows: readonly number[];
}

/** Estimates pipelines in the order in which they run. The rows of earlier ones stand as rows of unknown values. */
export class PipelineEstimator {
  readonly #context: StatementContext;
  readonly #planner: Planner;
  readonly #relations = new Map<string, ExpectedRelation>();

  constructor(context: StatementContext, planner: Planner) {
    this.#context = context;
    this.#planner = planner;
  }

  async estimate(pipeline: PipelinePlan): Promise<PipelineEstimate> {
    const { relation, stages } = pipeline;
    const types = new PipelineTypes(this.#context.state.typeNames);
    types.fixResults(stages.flatMap((stage) => stage.calls));
    const base = this.#textOf(pipeline.base);
    await this.#describe(types, pipeline.columns, base);
    const baseRows = await this.#planner.rows(base);
    const reaching: number[] = [];
    let rows = baseRows;
    for (const { step } of stages) {
      reaching.push(rows);
      if (step === undefined) continue;
      this.#relations.set(relation, { types, rows });
      const computed = this.#textOf(step.query);
      await this.#describe(types, [ROW_NUMBER, ...step.columns], computed);
      rows = Math.min(rows, await this.#planner.rows(computed));
    }
    const wanted = await this.#rowsWanted(pipeline);
    this.#relations.set(relation, { types, rows: Math.min(wanted, rows) });
    const batchRows = Math.min(...(stages.find(({ calls }) => calls.length > 0)?.calls ?? []).map(mostRowsPerBatch));
    const read = rowsRead(wanted, baseRows, rows, batchRows);
    return { source: withoutOrder(base), stageRows: reaching.map((n) => (baseRows === 0 ? 0 : (n * read) / baseRows)) };
  }

  async #describe(types: PipelineTypes, columns: readonly string[], sql: string): Promise<void> {
    await types.describe(this.#context.connection, columns, await this.#planner.describe(sql));
  }

  /** Rows that the statement's LIMIT and OFFSET ask of the pipeline; infinitely many where that is not known. */
  async #rowsWanted({ limit }: PipelinePlan): Promise<number> {
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    const [count, offset] = (await this.#planner.explain(this.#textOf(limit))).output.map(constantOf);
    return count == null ? Number.POSITIVE_INFINITY : Number(count) + Number(offset ?? 0);
  }

  #textOf(sql: RelationSql): string {
    return sql.relations.reduce((before, { relation, columns }, i) => {
      const known = this.#relations.get(relation);
      if (known === undefined) throw new Error(`nothing is known of the rows of ${relation}`);
      return `${before}${unknownRows(known, columns)}${sql.parts[i + 1] ?? ''}`;
    }, sql.parts[0] ?? '');
  }
}

/** As many rows as are expected, of values about which the planner can't conclude anything. */
function unknownRows({ types, rows }: ExpectedRelation, columns: readonly string[]): string {
  const values = columns.map((c) => `u.${ROW_NUMBER}::pg_catalog.text::${types.sqlType(c)} AS ${c}`);
  const source = `pg_catalog.generate_series('1'::pg_catalog.int8, '${Math.ceil(rows)}'::pg_catalog.int8)`;
  return `(SELECT ${[...values, `u.${ROW_NUMBER}`].join(', ')} FROM ${source} AS u(${ROW_NUMBER}))`;
}
