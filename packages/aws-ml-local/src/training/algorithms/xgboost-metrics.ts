import type { LabelledRows } from '../boosting/booster.js';
import { meanLoss } from '../boosting/booster.js';
import { squaredLogError } from '../boosting/losses.js';
import { chosenClass } from '../metrics/chosen-class.js';
import {
  accuracy,
  areaUnderCurve,
  type Classified,
  f1,
  logLoss,
  macro,
  precision,
  recall,
} from '../metrics/classification.js';
import {
  determination,
  type Estimated,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
} from '../metrics/regression.js';
import { type Metric, TrainingFailure } from '../training-job.js';
import type { XgboostObjective } from './xgboost-objectives.js';

const ofClasses: Readonly<Record<string, (classified: Classified) => number>> = {
  error: (classified) => 1 - accuracy(classified),
  merror: (classified) => 1 - accuracy(classified),
  logloss: logLoss,
  mlogloss: logLoss,
  auc: areaUnderCurve,
  accuracy,
  f1: (classified) => macro(f1, classified),
  f1_macro: (classified) => macro(f1, classified),
  f1_binary: (classified) => f1(classified, 1),
  precision: (classified) => precision(classified, 1),
  precision_macro: (classified) => macro(precision, classified),
  recall: (classified) => recall(classified, 1),
  recall_macro: (classified) => macro(recall, classified),
};

const ofValues: Readonly<Record<string, (estimated: Estimated) => number>> = {
  rmse: (estimated) => Math.sqrt(meanSquaredError(estimated)),
  mse: meanSquaredError,
  mae: meanAbsoluteError,
  mape: meanAbsolutePercentageError,
  r2: determination,
  rmsle: ({ labels, predicted }) =>
    Math.sqrt(meanOf(labels, (label, row) => squaredLogError.of([predicted], row, label))),
};

const HIGHER_IS_BETTER = new Set(['auc', 'r2', ...Object.keys(ofClasses).filter((name) => !/error|loss/.test(name))]);

export const directionOf = (metric: string): 'Maximize' | 'Minimize' =>
  HIGHER_IS_BETTER.has(metric) ? 'Maximize' : 'Minimize';

/** Refuses metrics that there aren't, before anything is trained. */
export function checkMetrics(objective: XgboostObjective, names: readonly string[]): void {
  const known = objective.classes > 0 ? ofClasses : ofValues;
  const unknown = names.find((name) => !(name in known) && !objective.metrics.includes(name));
  if (unknown === undefined) return;
  throw new TrainingFailure(
    `ClientError: Hyperparameter eval_metric: expected ${Object.keys(known).join(', ')} for this objective.`,
  );
}

interface Answered {
  /** Before the link. */
  readonly raw: readonly Float64Array[];
  /** Behind it: by output, and of two classes by class. */
  readonly answers: readonly Float64Array[];
}

/** Named as XGBoost names them: `validation:rmse`. */
export function xgboostMetrics(
  objective: XgboostObjective,
  names: readonly string[],
  rows: LabelledRows,
  answered: Answered,
  set: 'Train' | 'Validation',
): Metric[] {
  return names.map((name) => ({
    name: `${set.toLowerCase()}:${name}`,
    value: metricOf(objective, name, rows, answered),
    set,
  }));
}

function metricOf(objective: XgboostObjective, name: string, rows: LabelledRows, { raw, answers }: Answered): number {
  const { labels } = rows;
  if (objective.classes > 0) {
    const predicted = labels.map((_, row) => chosenClass(answers, row));
    return ofClasses[name]!({ labels, predicted, probabilities: answers });
  }
  const ofValue = ofValues[name];
  // mphe and tweedie-nloglik are the objective's loss itself.
  if (ofValue === undefined) return meanLoss(objective.loss, raw, rows);
  return ofValue({ labels, predicted: answers.at(-1)! });
}

function meanOf(labels: Float64Array, of: (label: number, row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) sum += of(labels[row]!, row);
  return sum / labels.length;
}
