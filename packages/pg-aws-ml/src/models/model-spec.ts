import type { EndpointCapacity, ProblemType, ResourceTag } from 'aws-ml-core/training';
import type { ModelState } from '../stubs/sql/models.js';

/** How a model is trained: by Autopilot, or by one of SageMaker's built-in algorithms; or that it isn't. */
export type ModelKind = 'auto' | 'xgboost' | 'linear_learner' | 'mlp' | 'kmeans' | 'remote' | 'bedrock';

/** A column of the training data, or an argument of the function. */
export interface ModelColumn {
  readonly name: string;
  /** With its schema, such as pg_catalog.int4: the caller's search path decides nothing. */
  readonly type: string;
}

/** What a model is, for whoever goes on with it: kept as JSON in the database. */
export interface ModelSpec {
  readonly kind: ModelKind;
  /** The name of the function as it is created, without its schema. */
  readonly functionName: string;
  readonly features: readonly ModelColumn[];
  readonly roleArn: string;
  /** Of models that are trained. */
  readonly training?: TrainingSpec;
  /** Of a model behind an endpoint that is there: its name. */
  readonly endpoint?: string;
  /** Of a model of Bedrock. */
  readonly bedrockModel?: string;
}

export interface TrainingSpec {
  /** As the statement has it: the table, or the query. */
  readonly source: { readonly kind: 'table' | 'query'; readonly text: string };
  /** The query whose rows are exported, such that it can run in any session. */
  readonly query: string;
  /** The search path in which it is to run. */
  readonly search: string;
  readonly target: ModelColumn | undefined;
  readonly problemType: ProblemType | undefined;
  readonly objective: string | undefined;
  /** Of a classification by a built-in algorithm: what its numbers stand for, from 0. */
  readonly labels: readonly string[] | undefined;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Of Autopilot's algorithms, those it may choose from; all where undefined. */
  readonly algorithms: readonly string[] | undefined;
  readonly bucket: string;
  readonly kmsKeyId: string | undefined;
  readonly tags: readonly ResourceTag[];
  readonly garbageCollect: boolean;
  readonly maxCells: number;
  readonly maxRuntimeSeconds: number;
  readonly instanceType: string;
  readonly capacity: EndpointCapacity;
  /** Rows that the query had when the model was created. */
  readonly rows: number;
}

/** What is known of the progress, beside state and stage. */
export interface ModelProgress {
  readonly candidates?: number;
  /** Of the best model so far, or of the one that is ready: the objective first. */
  readonly metrics?: readonly { readonly name: string; readonly value: number }[];
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly billedSeconds?: number;
  /** What the endpoint is made of, once the job is done. */
  readonly container?: {
    readonly image: string;
    readonly artifact: string;
    readonly environment: Record<string, string>;
  };
  /** Where the explanation lies in S3. */
  readonly explanation?: string;
  /** A request that is to be made again, and since when. */
  readonly waiting?: { readonly reason: string; readonly since: string };
}

/** A row of the table of models. */
export interface Model {
  readonly id: string;
  readonly installation: string;
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  /** Of its function, as to_regprocedure reads it. */
  readonly signature: string;
  readonly spec: ModelSpec;
  readonly state: ModelState;
  readonly stage: string;
  readonly progress: ModelProgress;
  readonly error: string | undefined;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** The name of job, model, endpoint configuration and endpoint in AWS: AutoML jobs have 32 characters at most. */
export const awsName = ({ installation, id }: Pick<Model, 'installation' | 'id'>): string =>
  `pgml-${installation}-${id}`;

/** What all AWS names of a database begin with. */
export const awsPrefix = (installation: string): string => `pgml-${installation}-`;

/** Everything of a model in S3 lies below. */
export const objectPrefix = (model: Pick<Model, 'installation' | 'id'>): string => `pg-aws-ml/${awsName(model)}/`;

/** Whether Autopilot trains it. */
export const isAutopilot = ({ kind }: Pick<ModelSpec, 'kind'>): boolean => kind === 'auto' || kind === 'mlp';

export const isTrained = ({ kind }: Pick<ModelSpec, 'kind'>): boolean => kind !== 'remote' && kind !== 'bedrock';

/** Whether its function has another beside it that gives the probabilities. */
export const hasProbabilities = ({ kind, training }: ModelSpec): boolean =>
  kind === 'auto' && training?.problemType !== undefined && training.problemType !== 'Regression';

export const probabilitiesName = (functionName: string): string => `${functionName}_probabilities`;
