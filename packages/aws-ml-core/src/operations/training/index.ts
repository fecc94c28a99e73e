/** What training asks of SageMaker's control plane; its client is an optional package, loaded when first needed. */

export type { TrainingOptions } from '../../options/training-options.js';
export type { OwnResource } from './own-resources.js';
export { TrainingError } from './training-error.js';
export { type BuiltInAlgorithm, trainingImage } from './training-images.js';
export type {
  AlgorithmJob,
  AutoMlJob,
  EndpointCapacity,
  EndpointState,
  JobMetric,
  JobReference,
  JobState,
  ModelContainer,
  ProblemType,
  ResourceTag,
  TrainingJob,
} from './training-job.js';
export { type DeployedModel, TrainingOperations } from './training-operations.js';
