import { TrainingFailure } from '../training-job.js';
import type { Learner } from './learner.js';
import { treeLearners } from './tree-learners.js';

/** In the order in which they are tried. */
const learners: readonly Learner[] = treeLearners;

/** @param algorithms AWS's names; undefined: all that are worth a try */
export function learnersFor(algorithms: readonly string[] | undefined): readonly Learner[] {
  if (algorithms === undefined || algorithms.length === 0) return learners;
  const chosen = learners.filter(({ algorithm }) => algorithms.includes(algorithm));
  if (chosen.length > 0) return chosen;
  throw new TrainingFailure(
    `ClientError: None of the algorithms is here: ${learners.map((one) => one.algorithm).join(', ')} are.`,
  );
}
