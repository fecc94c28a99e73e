import { runKmeans } from './algorithms/kmeans.js';
import { runLinearLearner } from './algorithms/linear-learner.js';
import { runXgboost } from './algorithms/xgboost.js';
import { runAutoMl } from './automl/run-automl.js';
import { OutOfTime } from './deadline.js';
import { TrainingFailure, type TrainingProgress, type TrainingResult, type TrainingTask } from './training-job.js';

/** Trains in this thread, and returns when it is done: see `startJob`. */
export function runJob(task: TrainingTask, report: (progress: TrainingProgress) => void): TrainingResult {
  try {
    return train(task, report);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    throw new TrainingFailure('The job ran longer than its maximum runtime (MaxRuntimeExceeded).');
  }
}

function train(task: TrainingTask, report: (progress: TrainingProgress) => void): TrainingResult {
  switch (task.kind) {
    case 'automl':
      return runAutoMl(task, report);
    case 'xgboost':
      return runXgboost(task, report);
    case 'linear-learner':
      return runLinearLearner(task, report);
    case 'kmeans':
      return runKmeans(task, report);
  }
}
