import type { MissingFacts } from './analysis/plan-context.js';
import type { WritingTag } from './analysis/written-rows.js';
import type { DeclineReason } from './decline.js';
import type { CallSite, Evaluation } from './split/plan-tree.js';
import type { RelationSql } from './split/relation-sql.js';

/** What becomes of a statement. */
export type Plan =
  | { readonly kind: 'plain' }
  | { readonly kind: 'declined'; readonly reason: DeclineReason; readonly message: string }
  | BatchPlan;

/** A statement cut at its ML calls. */
export interface BatchPlan {
  readonly kind: 'batch';
  /** In the order in which they run. */
  readonly pipelines: readonly PipelinePlan[];
  /** The rest of the statement, over the rows of the pipelines. */
  readonly remainder: RelationSql;
  /** Set where the rows of the last pipeline are the result, so that they can be answered as they come. */
  readonly stream: StreamPlan | undefined;
  /** Whether several queries read tables and therefore need one snapshot. */
  readonly singleSnapshot: boolean;
  /** Whether the statement writes (INSERT, CREATE TABLE AS). */
  readonly writes: boolean;
  /**
   * Set where the base query of a pipeline writes rows and returns them (RETURNING, data-modifying WITH): it may run once
   * only, and stays or goes with the statement.
   */
  readonly baseWrites: BaseWrites | undefined;
}

export interface BaseWrites {
  /** How the command tag begins, where the statement is no query; the number of rows follows. */
  readonly tag: WritingTag | undefined;
}

export interface PipelinePlan {
  readonly relation: string;
  readonly base: RelationSql;
  /** Names of the base query's columns in order. */
  readonly columns: readonly string[];
  readonly stages: readonly StagePlan[];
  /**
   * Returns LIMIT and OFFSET of the rows that come out as one row of two int8, null for none; undefined where all are
   * needed.
   */
  readonly limit: RelationSql | undefined;
  /** What native evaluation would call for the rows; empty unless calls are to be counted. */
  readonly evaluations: readonly Evaluation[];
}

export interface StagePlan {
  readonly calls: readonly CallSite[];
  readonly step: StepPlan | undefined;
}

export interface StepPlan {
  /** Returns the row number (`ml_ord`) of each surviving row, then the columns. */
  readonly query: RelationSql;
  readonly columns: readonly string[];
}

export interface StreamPlan {
  /** The pipeline column behind each output column. */
  readonly outputs: readonly string[];
}

export type PlanOutcome = Plan | { readonly kind: 'needs-facts'; readonly missing: MissingFacts };
