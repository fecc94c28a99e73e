import type { LabelledRows } from '../boosting/booster.js';
import { deadlineIn } from '../deadline.js';
import { answersOfLinear, fitLinear, type LinearModel } from '../linear/fit-linear.js';
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
import { determination, type Estimated, meanAbsoluteError, meanSquaredError } from '../metrics/regression.js';
import {
  type AlgorithmTask,
  type Metric,
  TrainingFailure,
  type TrainingProgress,
  type TrainingResult,
} from '../training-job.js';
import { Hyperparameters } from './hyperparameters.js';
import type { LinearLearnerModel } from './linear-learner-model.js';
import { labelledRows, readNumbers, sameWidth } from './numeric-data.js';
import { resultOf } from './result.js';

export function runLinearLearner(task: AlgorithmTask, report: (progress: TrainingProgress) => void): TrainingResult {
  const settings = readSettings(new Hyperparameters(task.hyperparameters));
  report({ kind: 'stage', stage: 'Training' });
  const training = readChannel(task.training, 'train', settings);
  const validation = task.validation === undefined ? undefined : readChannel(task.validation, 'validation', settings);
  if (validation !== undefined) sameWidth(training, validation);
  const { classes, ridge } = settings;
  const checkTime = deadlineIn(task.maxRuntimeSeconds);
  const linear = fitLinear(weighted(training, settings), { classes, checkTime, ridge: ridge * training.matrix.rows });
  const metrics = [
    ...measure(linear, classes, training, 'Train'),
    { name: 'train:progress', value: 100, set: 'Train' as const },
    ...(validation === undefined ? [] : measure(linear, classes, validation, 'Validation')),
  ];
  const model: LinearLearnerModel = {
    kind: 'linear-learner',
    classes,
    features: training.matrix.columns.length,
    linear,
  };
  const main = metrics.findLast(({ name }) => name.endsWith(':objective_loss'))!;
  return resultOf('linear-learner', model, metrics, { ...main, type: 'Minimize' }, report);
}

interface Settings {
  /** 0 of regressors. */
  readonly classes: number;
  readonly features: number;
  /** L2 on the weights, for each row. */
  readonly ridge: number;
  /** Of rows of class 1; 'balanced': as much together as the others. */
  readonly positiveWeight: number | 'balanced';
}

/** AWS tunes it where it isn't given; this much only keeps separable classes from endless weights. */
const DEFAULT_RIDGE = 1e-4;

function readSettings(given: Hyperparameters): Settings {
  const types = ['binary_classifier', 'multiclass_classifier', 'regressor'] as const;
  given.required('predictor_type');
  const type = given.choice('predictor_type', types);
  if (type === 'multiclass_classifier') given.required('num_classes');
  const classes = given.number('num_classes', 2, { least: type === 'multiclass_classifier' ? 3 : 2, whole: true });
  const losses = { binary_classifier: 'logistic', multiclass_classifier: 'softmax_loss', regressor: 'squared_loss' };
  given.choice('loss', ['auto', losses[type]], 'auto');
  const positive = 'positive_example_weight_mult';
  const settings = {
    classes: { binary_classifier: 2, multiclass_classifier: classes, regressor: 0 }[type],
    features: automatic(given, 'feature_dim') ? 0 : given.number('feature_dim', 0, { least: 1, whole: true }),
    ridge: automatic(given, 'wd') ? DEFAULT_RIDGE : given.number('wd', DEFAULT_RIDGE, { least: 0 }),
    positiveWeight:
      given.text(positive) === 'balanced' ? ('balanced' as const) : given.number(positive, 1, { least: 1e-9 }),
  };
  if (!automatic(given, 'l1') && given.number('l1', 0, { least: 0 }) > 0) {
    throw new TrainingFailure('ClientError: Hyperparameter l1: this stand-in for AWS takes 0 only. Use wd.');
  }
  given.number('epochs', 15, { least: 1, whole: true });
  // How SageMaker searches: here the solution is computed.
  given.ignore('mini_batch_size', 'learning_rate', 'use_bias', 'num_models', 'num_calibration_samples', 'init_method');
  given.ignore(
    'init_scale',
    'init_sigma',
    'init_bias',
    'optimizer',
    'beta_1',
    'beta_2',
    'bias_lr_mult',
    'bias_wd_mult',
  );
  given.ignore('use_lr_scheduler', 'lr_scheduler_step', 'lr_scheduler_factor', 'lr_scheduler_minimum_lr', 'momentum');
  given.ignore('normalize_data', 'normalize_label', 'unbias_data', 'unbias_label', 'num_point_for_scaler', 'margin');
  given.ignore('early_stopping_patience', 'early_stopping_tolerance', 'binary_classifier_model_selection_criteria');
  given.ignore('target_recall', 'target_precision', 'accuracy_top_k', 'f_beta', 'balance_multiclass_weights');
  given.ignore('quantile', 'huber_delta');
  given.refuseUnknown();
  return settings;
}

const automatic = (given: Hyperparameters, name: string): boolean => given.text(name) === 'auto';

function readChannel(csv: Uint8Array, channel: string, { classes, features }: Settings): LabelledRows {
  const rows = labelledRows(readNumbers(csv, channel, { leading: 1, missingAllowed: false }));
  const found = rows.matrix.columns.length;
  if (features > 0 && found !== features) {
    throw new TrainingFailure(
      `ClientError: feature_dim is ${features}, and the ${channel} channel has ${found} features.`,
    );
  }
  const wrong = rows.labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (classes > 0 && wrong >= 0) {
    throw new TrainingFailure(
      `ClientError: Labels must be whole numbers from 0 to ${classes - 1}, and that of row ${wrong + 1} of the ${channel} channel is not.`,
    );
  }
  return rows;
}

function weighted(rows: LabelledRows, { classes, positiveWeight }: Settings): LabelledRows {
  if (classes !== 2 || positiveWeight === 1) return rows;
  const positives = rows.labels.filter((label) => label === 1).length;
  const weight =
    positiveWeight === 'balanced' ? (rows.labels.length - positives) / Math.max(positives, 1) : positiveWeight;
  return { ...rows, weights: rows.labels.map((label) => (label === 1 ? weight : 1)) };
}

/** By SageMaker's names. */
function measure(linear: LinearModel, classes: number, rows: LabelledRows, set: 'Train' | 'Validation'): Metric[] {
  const { labels, matrix } = rows;
  const answers = answersOfLinear(linear, matrix);
  const predicted = classes === 0 ? answers[0]! : labels.map((_, row) => chosenClass(answers, row));
  const measured =
    classes === 0 ? ofValues({ labels, predicted }) : ofClasses({ labels, predicted, probabilities: answers });
  // Of the training rows SageMaker tells the loss alone.
  const told = set === 'Train' ? measured.slice(0, 1) : measured;
  return told.map(([name, value]) => ({ name: `${set.toLowerCase()}:${name}`, value, set }));
}

function ofValues(estimated: Estimated): [string, number][] {
  const squared = meanSquaredError(estimated);
  return [
    ['objective_loss', squared],
    ['mse', squared],
    ['rmse', Math.sqrt(squared)],
    ['absolute_loss', meanAbsoluteError(estimated)],
    ['r2', determination(estimated)],
  ];
}

function ofClasses(classified: Classified): [string, number][] {
  if (classified.probabilities.length > 2) {
    return [
      ['objective_loss', logLoss(classified)],
      ['multiclass_accuracy', accuracy(classified)],
      ['macro_precision', macro(precision, classified)],
      ['macro_recall', macro(recall, classified)],
      ['macro_f_1.000', macro(f1, classified)],
    ];
  }
  return [
    ['objective_loss', logLoss(classified)],
    ['binary_classification_accuracy', accuracy(classified)],
    ['binary_f_1.000', f1(classified, 1)],
    ['precision', precision(classified, 1)],
    ['recall', recall(classified, 1)],
    ['roc_auc_score', areaUnderCurve(classified)],
  ];
}
