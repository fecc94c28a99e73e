import type { Metric, ProblemType } from '../training-job.js';
import {
  accuracy,
  areaUnderCurve,
  balancedAccuracy,
  type Classified,
  f1,
  logLoss,
  macro,
  precision,
  recall,
} from './classification.js';
import {
  determination,
  type Estimated,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  meanSquaredError,
  weightedAbsolutePercentageError,
} from './regression.js';

type Named<T> = Readonly<Record<string, (of: T) => number>>;

/** Of two classes the second, in their order, is the positive one. */
const POSITIVE = 1;

const binary: Named<Classified> = {
  Accuracy: accuracy,
  AUC: areaUnderCurve,
  BalancedAccuracy: balancedAccuracy,
  F1: (classified) => f1(classified, POSITIVE),
  LogLoss: logLoss,
  Precision: (classified) => precision(classified, POSITIVE),
  Recall: (classified) => recall(classified, POSITIVE),
};

const multiclass: Named<Classified> = {
  Accuracy: accuracy,
  BalancedAccuracy: balancedAccuracy,
  F1macro: (classified) => macro(f1, classified),
  LogLoss: logLoss,
  PrecisionMacro: (classified) => macro(precision, classified),
  RecallMacro: (classified) => macro(recall, classified),
};

const regression: Named<Estimated> = {
  MAE: meanAbsoluteError,
  MSE: meanSquaredError,
  R2: determination,
  RMSE: (estimated) => Math.sqrt(meanSquaredError(estimated)),
  MAPE: meanAbsolutePercentageError,
  MASE: meanAbsoluteScaledError,
  WAPE: weightedAbsolutePercentageError,
};

const LOWER_IS_BETTER = new Set(['MAE', 'MAPE', 'MASE', 'MSE', 'RMSE', 'WAPE', 'LogLoss', 'InferenceLatency']);

const DEFAULT_OBJECTIVES: Readonly<Record<ProblemType, string>> = {
  BinaryClassification: 'F1',
  MulticlassClassification: 'Accuracy',
  Regression: 'MSE',
};

/** The metric by which candidates are compared; undefined where there is none of this name for such a problem. */
export function objectiveFor(problem: ProblemType, name = DEFAULT_OBJECTIVES[problem]): Objective | undefined {
  const names = Object.keys(
    problem === 'Regression' ? regression : problem === 'BinaryClassification' ? binary : multiclass,
  );
  if (!names.includes(name)) return undefined;
  return { name, type: LOWER_IS_BETTER.has(name) ? 'Minimize' : 'Maximize' };
}

export interface Objective {
  readonly name: string;
  readonly type: 'Maximize' | 'Minimize';
}

type Evaluated =
  | { readonly problem: 'Regression'; readonly answers: Estimated }
  | { readonly problem: 'BinaryClassification' | 'MulticlassClassification'; readonly answers: Classified };

/** All metrics that AutoML reports for a problem, and those that it takes as objectives. */
export function automlMetrics(evaluated: Evaluated, set: Metric['set']): Metric[] {
  if (evaluated.problem === 'Regression') return measured(regression, evaluated.answers, set);
  return measured(evaluated.problem === 'BinaryClassification' ? binary : multiclass, evaluated.answers, set);
}

function measured<T>(metrics: Named<T>, answers: T, set: Metric['set']): Metric[] {
  return Object.entries(metrics).map(([name, of]) => ({ name, value: of(answers), set }));
}
