import { TrainingFailure } from '../training-job.js';
import type { Learner } from './learner.js';
import { linearLearner, networkLearners } from './other-learners.js';
import { forests, gradientBoosters } from './tree-learners.js';

/** In the order in which they are tried. */
const usual: readonly Learner[] = [...gradientBoosters, ...forests, linearLearner];
const all: readonly Learner[] = [...usual, ...networkLearners];

/** @param algorithms AWS's names; undefined: all that are worth a try */
export function learnersFor(algorithms: readonly string[] | undefined): readonly Learner[] {
  if (algorithms === undefined || algorithms.length === 0) return usual;
  const chosen = all.filter(({ algorithm }) => algorithms.includes(algorithm));
  if (chosen.length > 0) return chosen;
  const names = all.map(({ algorithm }) => algorithm);
  throw new TrainingFailure(`ClientError: None of the algorithms is here: ${names.join(', ')} are.`);
}
