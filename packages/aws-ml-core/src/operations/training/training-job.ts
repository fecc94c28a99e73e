import type { BuiltInAlgorithm } from './training-images.js';

/** `key=value` of AWS. */
export interface ResourceTag {
  readonly key: string;
  readonly value: string;
}

interface Job {
  /** Unique in account and region: at most 32 characters of letters, digits and hyphens. */
  readonly name: string;
  readonly roleArn: string;
  /** The S3 URI of the training data: one object, or the prefix of several. */
  readonly input: string;
  /** The S3 URI below which the model is written. */
  readonly output: string;
  readonly maxRuntimeSeconds: number;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: readonly ResourceTag[] | undefined;
}

export type ProblemType = 'BinaryClassification' | 'MulticlassClassification' | 'Regression';

/** A tabular job of SageMaker Autopilot; the data are CSV with a header. */
export interface AutoMlJob extends Job {
  readonly kind: 'automl';
  readonly target: string;
  readonly problemType: ProblemType;
  /** A metric of Autopilot, such as F1. */
  readonly objective: string;
  /** Names of Autopilot's algorithms that it may choose from; default: all. */
  readonly algorithms?: readonly string[] | undefined;
}

/** A job of a built-in algorithm; the data are CSV without a header, the label first (k-means: without a label). */
export interface AlgorithmJob extends Job {
  readonly kind: 'algorithm';
  readonly algorithm: BuiltInAlgorithm;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly instanceType: string;
}

export type TrainingJob = AutoMlJob | AlgorithmJob;

/** Which job it is. */
export interface JobReference {
  readonly kind: TrainingJob['kind'];
  readonly name: string;
}

export interface JobMetric {
  /** AWS's name. */
  readonly name: string;
  readonly value: number;
}

/** What a trained model is served from. */
export interface ModelContainer {
  readonly image: string;
  /** S3 URI of its model.tar.gz. */
  readonly artifact: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What AWS says of a job. */
export interface JobState {
  readonly status: 'running' | 'completed' | 'failed' | 'stopped';
  /** AWS's secondary status, such as ModelTuning. */
  readonly stage: string;
  /** AWS's reason, where it has failed. */
  readonly failure: string | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Models that were tried so far, where a job tries several. */
  readonly candidates: number | undefined;
  /** The objective's value of the best so far, or the final metrics. */
  readonly metrics: readonly JobMetric[];
  /** The objective's metric, as the job has resolved it. */
  readonly objective: JobMetric | undefined;
  /** Once it is completed. */
  readonly container: ModelContainer | undefined;
  /** The S3 URI below which the explanation is written, where the job explains its model. */
  readonly explanation: string | undefined;
  /** Seconds that are billed, where AWS says so. */
  readonly billedSeconds: number | undefined;
}

export interface EndpointState {
  readonly status: 'creating' | 'in service' | 'failed' | 'deleting';
  readonly failure: string | undefined;
}

/** What an endpoint runs on. */
export type EndpointCapacity =
  | { readonly kind: 'serverless'; readonly memorySizeInMb: number; readonly maxConcurrency: number }
  | { readonly kind: 'instances'; readonly instanceType: string; readonly instanceCount: number };
