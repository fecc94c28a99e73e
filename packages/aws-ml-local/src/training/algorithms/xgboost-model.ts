import { answersOfTrees, type BoostedModel } from '../boosting/boosted-model.js';
import { chosenClass } from '../metrics/chosen-class.js';
import type { Prediction, TrainedModel } from '../training-job.js';
import { matrixOfCells } from './request-cells.js';

/** As it is kept. */
export interface XgboostModel {
  readonly kind: 'xgboost';
  readonly objective: string;
  /** 0 of regressions. */
  readonly classes: number;
  readonly features: number;
  readonly boosted: BoostedModel;
}

export function loadXgboostModel({ objective, classes, features, boosted }: XgboostModel): TrainedModel {
  const labels = Array.from({ length: classes }, (_, index) => String(index));
  return {
    algorithm: 'xgboost',
    predict(rows) {
      const answers = answersOfTrees(boosted, matrixOfCells(rows, features, { missingAllowed: true }));
      return rows.map((_, row) => {
        if (classes === 0) return regression(answers.at(-1)![row]!);
        return classification(objective, answers, row, labels);
      });
    },
  };
}

const regression = (score: number): Prediction => ({ predictedLabel: String(score), score });

/** The score is what the objective answers: a probability, a class, or all probabilities. */
function classification(
  objective: string,
  answers: readonly Float64Array[],
  row: number,
  labels: readonly string[],
): Prediction {
  const probabilities = answers.map((values) => values[row]!);
  const chosen = chosenClass(answers, row);
  const scores: Readonly<Record<string, number | readonly number[]>> = {
    'binary:logistic': probabilities[1]!,
    'multi:softprob': probabilities,
  };
  return {
    predictedLabel: labels[chosen]!,
    probability: probabilities[chosen]!,
    probabilities,
    labels,
    score: scores[objective] ?? chosen,
  };
}
