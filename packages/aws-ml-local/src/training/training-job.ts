export type ProblemType = 'BinaryClassification' | 'MulticlassClassification' | 'Regression';

/** How AutoML sees a column. */
export type FeatureType = 'numeric' | 'categorical' | 'text' | 'datetime';

/** A tabular AutoML job, as CreateAutoMLJobV2 describes it. */
export interface AutoMlTask {
  readonly kind: 'automl';
  /** CSV with a header. */
  readonly training: Uint8Array;
  /** CSV with a header; default: a part of the training data, `validationFraction`. */
  readonly validation?: Uint8Array;
  readonly target: string;
  /** Default: told from the target's values. */
  readonly problemType?: ProblemType;
  /** AWS's name of the objective metric; default: MSE, F1 or Accuracy, by the problem. */
  readonly objective?: string;
  readonly features?: readonly string[];
  readonly featureTypes?: Readonly<Record<string, FeatureType>>;
  /** Names of algorithms, as AutoMLAlgorithms has them; default: all that are here. */
  readonly algorithms?: readonly string[];
  readonly maxCandidates?: number;
  readonly maxRuntimeSeconds?: number;
  /** Default 0.2. */
  readonly validationFraction?: number;
}

/** A training job of a built-in algorithm: CSV without a header, the label first (k-means: no label). */
export interface AlgorithmTask {
  readonly kind: 'xgboost' | 'linear-learner' | 'kmeans';
  readonly training: Uint8Array;
  readonly validation?: Uint8Array;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly maxRuntimeSeconds?: number;
}

export type TrainingTask = AutoMlTask | AlgorithmTask;

export interface Metric {
  /** AWS's name: F1, AUC, MSE, validation:error, … */
  readonly name: string;
  readonly value: number;
  readonly set: 'Train' | 'Validation' | 'Test';
}

/** One model that was tried. */
export interface Candidate {
  /** Within the job: `gbdt-deep`, … */
  readonly name: string;
  readonly algorithm: string;
  readonly metrics: readonly Metric[];
  readonly objective: Metric & { readonly type: 'Maximize' | 'Minimize' };
  /** What `loadModel` takes: JSON in UTF-8. */
  readonly model: Uint8Array;
}

/** Told while the job runs; stages are the secondary states of AWS that the job of this kind goes through. */
export type TrainingProgress =
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'candidate'; readonly candidate: Candidate };

export interface TrainingResult {
  readonly problemType: ProblemType | undefined;
  readonly candidates: readonly Candidate[];
  readonly best: Candidate;
  /** Clarify's analysis.json, where the job explains its model. */
  readonly explanation: object | undefined;
  /** Of the job as a whole, as FinalMetricDataList has them. */
  readonly finalMetrics: readonly Metric[];
}

export interface RunningJob {
  /** Rejects with a TrainingFailure; with `stopped` set after `stop`. */
  readonly done: Promise<TrainingResult>;
  stop(): void;
}

/** Why a job failed, as AWS's FailureReason would say it. */
export class TrainingFailure extends Error {
  override readonly name = 'TrainingFailure';
  constructor(
    message: string,
    readonly stopped = false,
  ) {
    super(message);
  }
}

/** What one row is answered with. Fields that a model does not have are undefined. */
export interface Prediction {
  readonly predictedLabel: string;
  /** Of the label that is predicted. */
  readonly probability?: number;
  readonly probabilities?: readonly number[];
  readonly labels?: readonly string[];
  /** Of regressions and linear learners, and of XGBoost: what its objective answers. */
  readonly score?: number | readonly number[];
  /** Of k-means. */
  readonly distanceToCluster?: number;
}

export interface TrainedModel {
  readonly algorithm: string;
  /** @param rows cells of CSV in the order of the training columns, without the target; '' is missing */
  predict(rows: readonly (readonly string[])[]): readonly Prediction[];
}

/** A request that a model can't answer: its rows are not those that it was trained with. */
export class PredictionFailure extends Error {
  override readonly name = 'PredictionFailure';
}
