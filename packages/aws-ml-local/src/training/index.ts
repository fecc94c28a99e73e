export { loadModel } from './load-model.js';
export { startJob } from './start-job.js';
export type {
  AlgorithmTask,
  AutoMlTask,
  Candidate,
  FeatureType,
  Metric,
  Prediction,
  ProblemType,
  RunningJob,
  TrainedModel,
  TrainingProgress,
  TrainingResult,
  TrainingTask,
} from './training-job.js';
export { PredictionFailure, TrainingFailure } from './training-job.js';
