import type {
  AutoMLJobSecondaryStatus,
  AutoMLJobStatus,
  ContainerDefinition,
  CreateAutoMLJobV2Request,
  CreateTrainingJobRequest,
  EndpointStatus,
  ProductionVariant,
  SecondaryStatus,
  TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { Candidate, Metric, ProblemType } from '../training/training-job.js';
import type { Listed } from './listing.js';

/** A candidate whose model is in the job's output. */
export type CandidateRecord = Omit<Candidate, 'model'> & { readonly createdAt: number; readonly endedAt: number };

/** Times of all records are milliseconds since 1970. */
interface Resource extends Listed {
  modifiedAt: number;
}

export interface AutoMlJob extends Resource {
  readonly request: CreateAutoMLJobV2Request;
  status: AutoMLJobStatus;
  secondaryStatus: AutoMLJobSecondaryStatus;
  endedAt?: number;
  failureReason?: string;
  readonly candidates: CandidateRecord[];
  /** Of `candidates`, by name. */
  best?: string;
  explained?: boolean;
  problemType?: ProblemType | undefined;
}

export interface StatusTransition {
  readonly status: SecondaryStatus;
  readonly startedAt: number;
  endedAt?: number;
}

export interface TrainingJob extends Resource {
  readonly request: CreateTrainingJobRequest;
  status: TrainingJobStatus;
  secondaryStatus: SecondaryStatus;
  readonly transitions: StatusTransition[];
  startedAt?: number;
  endedAt?: number;
  failureReason?: string;
  metrics?: readonly Metric[];
  artifact?: string;
}

export interface ModelRecord extends Resource {
  readonly containers: readonly ContainerDefinition[];
  /** Whether there is one that was given as PrimaryContainer. */
  readonly primary: boolean;
  readonly roleArn?: string | undefined;
}

export interface EndpointConfigRecord extends Resource {
  readonly variants: readonly ProductionVariant[];
  readonly kmsKeyId?: string | undefined;
}

export interface EndpointRecord extends Resource {
  status: EndpointStatus;
  configName: string;
  /** As they were when the endpoint came to use them: its configuration may be deleted later. */
  variants: readonly ProductionVariant[];
  /** What the first variant runs. */
  container?: ContainerDefinition;
  failureReason?: string;
}

/** All that the control plane knows, as plain data. */
export interface SageMakerState {
  readonly autoMlJobs: Map<string, AutoMlJob>;
  readonly trainingJobs: Map<string, TrainingJob>;
  readonly models: Map<string, ModelRecord>;
  readonly endpointConfigs: Map<string, EndpointConfigRecord>;
  readonly endpoints: Map<string, EndpointRecord>;
  /** Keys and values by ARN. */
  readonly tags: Map<string, Readonly<Record<string, string>>>;
}

export const emptyState = (): SageMakerState => ({
  autoMlJobs: new Map(),
  trainingJobs: new Map(),
  models: new Map(),
  endpointConfigs: new Map(),
  endpoints: new Map(),
  tags: new Map(),
});
