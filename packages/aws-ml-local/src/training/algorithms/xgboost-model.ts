import { answersOfTrees, type BoostedModel } from '../boosting/boosted-model.js';
import { checkWidth } from '../tables/check-width.js';
import { numberIn } from '../tables/table.js';
import { type Prediction, PredictionFailure, type TrainedModel } from '../training-job.js';
import { numericMatrix } from './numeric-data.js';
import { chosenClass } from './xgboost-metrics.js';

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
      const answers = answersOfTrees(boosted, matrixOfCells(rows, features));
      return rows.map((_, row) => {
        if (classes === 0) return regression(answers.at(-1)![row]!);
        return classification(objective, answers, row, labels);
      });
    },
  };
}

/** Cells as numbers. @throws where one is neither a number nor missing */
export function matrixOfCells(rows: readonly (readonly string[])[], features: number) {
  checkWidth(rows, features);
  const columns = Array.from({ length: features }, (_, column) =>
    Float64Array.from(rows, (row) => {
      const value = numberIn(row[column]!);
      if (!Number.isNaN(value) || row[column] === '') return value;
      throw new PredictionFailure(`Column ${column + 1} of the request has a value that is not numeric.`);
    }),
  );
  return numericMatrix(columns, rows.length);
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
