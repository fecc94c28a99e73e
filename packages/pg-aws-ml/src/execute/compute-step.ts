import { ROW_NUMBER, type StepPlan } from 'pg-rewriter';
import type { RowBatch } from './row-batch.js';
import { type PipelineTypes, runRelationSql, type StatementRun } from './statement-run.js';

/** Lets PostgreSQL filter the rows of each chunk and compute columns over them; the order stays. */
export async function* computeStep(
  run: StatementRun,
  source: AsyncIterable<RowBatch>,
  step: StepPlan,
  relation: string,
  types: PipelineTypes,
): AsyncGenerator<RowBatch> {
  let described = false;
  for await (const rows of source) {
    if (described && rows.length === 0) continue;
    run.rows.set(relation, rows);
    const { rows: computed, fields } = await runRelationSql(run, step.query);
    run.rows.delete(relation);
    if (!described) await types.describe(run.connection, [ROW_NUMBER, ...step.columns], fields ?? []);
    described = true;
    yield merge(rows, computed, step.columns);
  }
}

function merge(
  rows: RowBatch,
  computed: readonly (readonly (string | null)[])[],
  columns: readonly string[],
): RowBatch {
  const ordered = [...computed].sort((a, b) => Number(a[0]) - Number(b[0]));
  const out = rows.pick(ordered.map((row) => Number(row[0]) - 1));
  columns.forEach((column, i) => {
    out.set(
      column,
      ordered.map((row) => row[i + 1] ?? null),
    );
  });
  return out;
}
