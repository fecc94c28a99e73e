import { answersOfLinear, type LinearModel } from '../linear/fit-linear.js';
import { chosenClass } from '../metrics/chosen-class.js';
import type { TrainedModel } from '../training-job.js';
import { matrixOfCells } from './request-cells.js';

/** As it is kept. */
export interface LinearLearnerModel {
  readonly kind: 'linear-learner';
  /** 0 of regressors. */
  readonly classes: number;
  readonly features: number;
  readonly linear: LinearModel;
}

export function loadLinearLearnerModel({ classes, features, linear }: LinearLearnerModel): TrainedModel {
  const labels = Array.from({ length: classes }, (_, index) => String(index));
  return {
    algorithm: 'linear-learner',
    predict(rows) {
      const answers = answersOfLinear(linear, matrixOfCells(rows, features, { missingAllowed: false }));
      return rows.map((_, row) => {
        const scores = answers.map((values) => values[row]!);
        if (classes === 0) return { predictedLabel: String(scores[0]), score: scores[0]! };
        const chosen = chosenClass(answers, row);
        return {
          predictedLabel: labels[chosen]!,
          probability: scores[chosen]!,
          probabilities: scores,
          labels,
          // Of two classes AWS answers with the probability of the second, of more with all of them.
          score: classes === 2 ? scores[1]! : scores,
        };
      });
    },
  };
}
