import type { LabelledRows } from '../boosting/booster.js';
import { automlMetrics } from '../metrics/automl-metrics.js';
import { chosenClass } from '../metrics/chosen-class.js';
import { checkWidth } from '../tables/check-width.js';
import type { Metric, Prediction, ProblemType, TrainedModel } from '../training-job.js';
import { type EncodedColumn, encodeRows } from './feature-encoder.js';
import { answersOf, type Learned } from './learner.js';

/** A candidate's model, as it is kept. */
export interface AutoMlModel {
  readonly kind: 'automl';
  readonly algorithm: string;
  readonly problem: ProblemType;
  readonly classes: readonly string[];
  readonly columns: readonly EncodedColumn[];
  readonly learned: Learned;
}

export function loadAutoMlModel(model: AutoMlModel): TrainedModel {
  const { algorithm, columns, classes, learned } = model;
  return {
    algorithm,
    predict(rows) {
      checkWidth(rows, columns.length);
      const answers = answersOf(learned, encodeRows(columns, rows));
      return rows.map((_, row) => (classes.length === 0 ? estimate(answers, row) : classify(answers, row, classes)));
    },
  };
}

function estimate([values]: readonly Float64Array[], row: number): Prediction {
  const score = values![row]!;
  return { predictedLabel: String(score), score };
}

function classify(answers: readonly Float64Array[], row: number, labels: readonly string[]): Prediction {
  const probabilities = answers.map((values) => values[row]!);
  const chosen = chosenClass(answers, row);
  return { predictedLabel: labels[chosen]!, probability: probabilities[chosen]!, probabilities, labels };
}

/** All metrics of what was learnt, on rows whose labels are known. */
export function evaluate(learned: Learned, problem: ProblemType, { matrix, labels }: LabelledRows): Metric[] {
  const began = performance.now();
  const answers = answersOf(learned, matrix);
  const seconds = (performance.now() - began) / 1000 / matrix.rows;
  const latency: Metric = { name: 'InferenceLatency', value: seconds, set: 'Validation' };
  if (problem === 'Regression') {
    const estimated = { labels, predicted: answers[0]! };
    return [...automlMetrics({ problem, answers: estimated }, 'Validation'), latency];
  }
  const predicted = labels.map((_, row) => chosenClass(answers, row));
  return [...automlMetrics({ problem, answers: { labels, predicted, probabilities: answers } }, 'Validation'), latency];
}
