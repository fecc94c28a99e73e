import type { BuiltInAlgorithm, TrainingJob } from 'aws-ml-core/training';
import { awsName, isAutopilot, type Model, type TrainingSpec } from './model-spec.js';

const algorithms: Readonly<Record<string, BuiltInAlgorithm>> = {
  xgboost: 'xgboost',
  linear_learner: 'linear-learner',
  kmeans: 'kmeans',
};

/** The job that trains a model. */
export function trainingJob(
  model: Model,
  training: TrainingSpec,
  places: { readonly input: string; readonly output: string },
): TrainingJob {
  const { roleArn, kind } = model.spec;
  const common = {
    ...places,
    name: awsName(model),
    roleArn,
    maxRuntimeSeconds: training.maxRuntimeSeconds,
    kmsKeyId: training.kmsKeyId,
    tags: training.tags,
  };
  if (isAutopilot(model.spec)) {
    const { target, problemType, objective } = training;
    if (target === undefined || problemType === undefined || objective === undefined) {
      throw new Error('Autopilot is told what to predict');
    }
    return { ...common, kind: 'automl', target: target.name, problemType, objective, algorithms: training.algorithms };
  }
  return {
    ...common,
    kind: 'algorithm',
    algorithm: algorithms[kind] as BuiltInAlgorithm,
    hyperparameters: training.hyperparameters,
    instanceType: training.instanceType,
  };
}
