import type { Evaluation, PipelinePlan } from 'pg-rewriter';
import type { RowBatch } from './row-batch.js';

/** What native evaluation would have called for the rows of a statement. */
export class EvaluationCounts {
  readonly #counts = new Map<Evaluation, number>();

  /** @param calls negative where some were counted in vain */
  add(evaluation: Evaluation, calls: number): void {
    this.#counts.set(evaluation, (this.#counts.get(evaluation) ?? 0) + calls);
  }

  all(): Iterable<readonly [Evaluation, number]> {
    return this.#counts;
  }

  /** Counts the rows of one run of a pipeline. */
  ofPipeline(plan: PipelinePlan): PipelineCounts | undefined {
    return plan.evaluations.length === 0 ? undefined : new PipelineCounts(plan, this);
  }
}

/**
 * Counts while rows flow. Under a LIMIT each row carries, in a column of its own, the calls that have been made up to it:
 * those for rows behind the last one that is needed don't count.
 */
export class PipelineCounts {
  readonly #plan: PipelinePlan;
  readonly #counts: EvaluationCounts;
  /** Calls so far, under a LIMIT. */
  readonly #seen = new Map<Evaluation, number>();

  constructor(plan: PipelinePlan, counts: EvaluationCounts) {
    this.#plan = plan;
    this.#counts = counts;
  }

  /** The rows as they enter a stage, or come out of the last one. */
  async *entering(stage: number, rows: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
    const evaluations = this.#plan.evaluations.filter((e) => e.stage === stage);
    for await (const batch of rows) {
      for (const evaluation of evaluations) this.#see(evaluation, batch);
      yield batch;
    }
  }

  #see(evaluation: Evaluation, batch: RowBatch): void {
    const { guard } = evaluation;
    const reached = guard === undefined ? undefined : batch.get(guard).map((value) => value === 't');
    this.#counts.add(evaluation, reached?.filter(Boolean).length ?? batch.length);
    if (this.#plan.limit === undefined) return;
    let calls = this.#seen.get(evaluation) ?? 0;
    const upTo = Array.from({ length: batch.length }, (_, i) => {
      if (reached?.[i] ?? true) calls += 1;
      return String(calls);
    });
    this.#seen.set(evaluation, calls);
    batch.set(this.#columnOf(evaluation), upTo);
  }

  /** The statement ends at this row: nothing was called for later ones. */
  endAt(batch: RowBatch, row: number): void {
    for (const [evaluation, calls] of this.#seen) {
      this.#counts.add(evaluation, Number(batch.get(this.#columnOf(evaluation))[row] ?? calls) - calls);
    }
    this.#seen.clear();
  }

  #columnOf(evaluation: Evaluation): string {
    return `calls_${this.#plan.evaluations.indexOf(evaluation)}`;
  }
}
