import type { Link } from '../boosting/boosted-model.js';
import { type BoostingOptions, boost } from '../boosting/booster.js';
import { classShares, type Loss, logistic, softmax, squaredError } from '../boosting/losses.js';
import type { Learner, LearningTask } from './learner.js';

const SEED = 42;

const plain: BoostingOptions = {
  rounds: 200,
  learningRate: 0.1,
  maxLeaves: 31,
  maxDepth: 0,
  minRows: 20,
  minChildWeight: 1e-3,
  lambda: 0,
  alpha: 0,
  gamma: 0,
  maxDeltaStep: 0,
  rowShare: 1,
  featureShares: { byTree: 1, byLevel: 1, byNode: 1 },
  seed: SEED,
};

/** Rounds without a better loss on the validation rows, after which boosting ends. */
const PATIENCE = 20;

function lossFor({ problem, classes }: LearningTask): { loss: Loss; link: Link } {
  if (problem === 'Regression') return { loss: squaredError, link: 'identity' };
  return classes === 2 ? { loss: logistic, link: 'logistic' } : { loss: softmax(classes), link: 'softmax' };
}

function gradientBoosting(name: string, algorithm: string, changes: Partial<BoostingOptions>): Learner {
  const options = { ...plain, patience: PATIENCE, ...changes };
  return {
    name,
    algorithm,
    learn(rows, task, validation, rounds = options.rounds) {
      const { loss, link } = lossFor(task);
      const trees = boost(rows, loss, { ...options, rounds }, { validation, checkTime: task.checkTime });
      return { learned: { kind: 'trees', link, trees }, rounds: trees.rounds.length };
    },
  };
}

function forest(name: string, algorithm: string, changes: Partial<BoostingOptions>): Learner {
  const options = { ...plain, averaged: true, ...changes };
  return {
    name,
    algorithm,
    learn(rows, { problem, classes, checkTime }) {
      const regression = problem === 'Regression';
      const trees = boost(rows, regression ? squaredError : classShares(classes), options, { checkTime });
      return { learned: { kind: 'trees', link: regression ? 'identity' : 'shares', trees }, rounds: options.rounds };
    },
  };
}

/** In the order in which they are tried. */
export const gradientBoosters: readonly Learner[] = [
  gradientBoosting('gbdt-deep', 'lightgbm', {}),
  gradientBoosting('gbdt-shallow', 'xgboost', { maxLeaves: 64, maxDepth: 6, lambda: 1, minRows: 5 }),
  gradientBoosting('gbdt-regularised', 'catboost', {
    maxLeaves: 48,
    lambda: 3,
    minRows: 10,
    featureShares: { byTree: 1, byLevel: 1, byNode: 0.7 },
  }),
];

export const forests: readonly Learner[] = [
  forest('random-forest', 'randomforest', {
    rounds: 60,
    maxLeaves: 256,
    minRows: 2,
    rowShare: 0.632,
    featureShares: { byTree: 1, byLevel: 1, byNode: 0.5 },
  }),
];
