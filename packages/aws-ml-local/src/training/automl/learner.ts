import { answersOfTrees, type BoostedModel } from '../boosting/boosted-model.js';
import type { LabelledRows } from '../boosting/booster.js';
import type { FeatureMatrix } from '../feature-matrix.js';
import { answersOfLinear, type LinearModel } from '../linear/fit-linear.js';
import { answersOfMlp, type MlpModel } from '../mlp/fit-mlp.js';
import type { ProblemType } from '../training-job.js';

/** What a learner has learnt, as it is kept. */
export type Learned = BoostedModel | LinearModel | MlpModel;

export interface LearningTask {
  readonly problem: ProblemType;
  /** Number of classes; 0 of regressions. */
  readonly classes: number;
  /** Throws when the time is up. */
  readonly checkTime: () => void;
}

/** How much a learner has practised, where it stops by itself: to learn as much again, from other rows. */
export interface Practice {
  readonly learned: Learned;
  readonly rounds: number;
}

/** One way of learning, which is tried as a candidate. */
export interface Learner {
  /** Within the job: `gbdt-deep`, … */
  readonly name: string;
  /** AWS's name. */
  readonly algorithm: string;
  /** @param validation rows that tell when to stop; without them `rounds` does */
  learn(rows: LabelledRows, task: LearningTask, validation: LabelledRows | undefined, rounds?: number): Practice;
}

/** Of regressions the values; else the probabilities by class and row. */
export function answersOf(learned: Learned, matrix: FeatureMatrix): Float64Array[] {
  switch (learned.kind) {
    case 'trees':
      return answersOfTrees(learned, matrix);
    case 'linear':
      return answersOfLinear(learned, matrix);
    case 'mlp':
      return answersOfMlp(learned, matrix);
  }
}
