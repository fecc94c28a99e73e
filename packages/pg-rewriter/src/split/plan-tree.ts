import type { MlFunctionName } from 'aws-ml-core/ml-functions';
import type { Node, SelectStmt } from '../ast/node.js';

/** A query whose FROM may name the rows of pipelines. */
export interface PlannedQuery {
  /** In the order in which they run: the base query of a later one may read the rows of earlier ones. */
  readonly pipelines: readonly Pipeline[];
  readonly query: SelectStmt;
  /** Set where the rows can be answered while the pipeline runs, without `query`. */
  readonly stream?: Stream;
}

/** A call that native evaluation would make for each row of a pipeline: counted, not executed. */
export interface Evaluation {
  /** The ML function, or the OID of a function of the user that the plan has replaced by its body. */
  readonly function: MlFunctionName | number;
  /** The OIDs of the replaced functions around an ML call, in whose time the call's is. */
  readonly callers: readonly number[];
  /** The rows that enter this stage are meant; the number of stages means those that come out of the last one. */
  readonly stage: number;
  /** A boolean column: the call is made only where it is true. */
  readonly guard: string | undefined;
}

/** Base query → (batch scan → step)* ; the rows that come out are the relation of that name. */
export interface Pipeline {
  readonly relation: string;
  readonly base: SelectStmt;
  /** Names of the base query's columns in order. */
  readonly columns: readonly string[];
  readonly stages: readonly Stage[];
  /** LIMIT and OFFSET on the rows that come out: more of them are not needed. */
  readonly limit?: Limit;
  /** Empty unless calls are to be counted. */
  readonly evaluations: readonly Evaluation[];
}

export interface Limit {
  readonly count: Node | undefined;
  readonly offset: Node | undefined;
}

export interface Stage {
  /** The calls of one batch scan; none where the step only computes what later stages ask. */
  readonly calls: readonly CallSite[];
  /** What PostgreSQL computes over the rows afterwards. */
  readonly step: Step | undefined;
}

export interface Step {
  /** The relation, joined to the rows of composite results. */
  readonly from: readonly Node[];
  readonly filter: Node | undefined;
  readonly columns: readonly { readonly name: string; readonly expression: Node }[];
}

/** One ML call of the statement, evaluated for the rows of a pipeline. */
export interface CallSite {
  /** `ml_1` … */
  readonly id: string;
  readonly function: MlFunctionName;
  /** The arguments without max_rows_per_batch. */
  readonly arguments: readonly CallArgument[];
  /** A boolean column: the call is needed only where it is true. */
  readonly guard: string | undefined;
  readonly maxRowsPerBatch: MaxRows;
  /** Columns that receive the results, in the order of the function's OUT parameters. */
  readonly results: readonly string[];
}

export type CallArgument =
  | { readonly kind: 'constant'; readonly value: string | null; readonly type: 'text' | 'int4' }
  | { readonly kind: 'column'; readonly column: string };

export type MaxRows =
  | { readonly kind: 'constant'; readonly value: number | null }
  | { readonly kind: 'column'; readonly column: string };

export interface Stream {
  /** The pipeline column of each output column. */
  readonly outputs: readonly string[];
}
