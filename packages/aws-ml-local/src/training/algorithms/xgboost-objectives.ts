import type { Link } from '../boosting/boosted-model.js';
import {
  hinge,
  type Loss,
  logistic,
  pseudoHuber,
  softmax,
  squaredError,
  squaredLogError,
  tweedie,
} from '../boosting/losses.js';
import { TrainingFailure } from '../training-job.js';
import type { Hyperparameters } from './hyperparameters.js';

/** What XGBoost minimises, and how it answers. */
export interface XgboostObjective {
  readonly loss: Loss;
  readonly link: Link;
  /** 0 of regressions. */
  readonly classes: number;
  /** XGBoost's names of the metrics that are reported without being asked for; the first one is the objective's own. */
  readonly metrics: readonly string[];
  readonly isLabel: (label: number) => boolean;
  /** XGBoost's words where a label is none. */
  readonly labelRule: string;
}

const anyLabel = { isLabel: () => true, labelRule: '' };
const shareLabel = {
  isLabel: (label: number) => label >= 0 && label <= 1,
  labelRule: 'label must be in [0,1] for logistic regression',
};
const binaryLabel = {
  isLabel: (label: number) => label === 0 || label === 1,
  labelRule: 'label must be 0 or 1 for binary classification',
};

type Make = (hyperparameters: Hyperparameters) => XgboostObjective;

const objectives: Readonly<Record<string, Make>> = {
  'reg:squarederror': () => ({ loss: squaredError, link: 'identity', classes: 0, metrics: ['rmse'], ...anyLabel }),
  'reg:squaredlogerror': () => ({
    loss: squaredLogError,
    link: 'identity',
    classes: 0,
    metrics: ['rmsle'],
    isLabel: (label) => label > -1,
    labelRule: 'label must be greater than -1 for rmsle so that log(label + 1) can be valid',
  }),
  'reg:logistic': () => ({ loss: logistic, link: 'logistic', classes: 0, metrics: ['rmse'], ...shareLabel }),
  'reg:pseudohubererror': (hyperparameters) => ({
    loss: pseudoHuber(hyperparameters.number('huber_slope', 1, { least: 1e-9 })),
    link: 'identity',
    classes: 0,
    metrics: ['mphe'],
    ...anyLabel,
  }),
  'reg:tweedie': (hyperparameters) => {
    const power = hyperparameters.number('tweedie_variance_power', 1.5, { least: 1.001, most: 1.999 });
    return {
      loss: tweedie(power),
      link: 'exponential',
      classes: 0,
      metrics: [`tweedie-nloglik@${power}`],
      isLabel: (label) => label >= 0,
      labelRule: 'label must be nonnegative',
    };
  },
  'binary:logistic': () => ({
    loss: logistic,
    link: 'logistic',
    classes: 2,
    metrics: ['logloss', 'error'],
    ...binaryLabel,
  }),
  'binary:hinge': () => ({ loss: hinge, link: 'step', classes: 2, metrics: ['error'], ...binaryLabel }),
  'multi:softmax': multiclass,
  'multi:softprob': multiclass,
};

function multiclass(hyperparameters: Hyperparameters): XgboostObjective {
  hyperparameters.required('num_class');
  const classes = hyperparameters.number('num_class', 0, { least: 2, whole: true });
  return {
    loss: softmax(classes),
    link: 'softmax',
    classes,
    metrics: ['mlogloss', 'merror'],
    isLabel: (label) => Number.isInteger(label) && label >= 0 && label < classes,
    labelRule: 'SoftmaxMultiClassObj: label must be in [0, num_class)',
  };
}

export function xgboostObjective(name: string, hyperparameters: Hyperparameters): XgboostObjective {
  const make = objectives[name];
  if (make !== undefined) return make(hyperparameters);
  if (name.startsWith('rank:')) {
    throw new TrainingFailure(
      'ClientError: Ranking objectives need groups of rows, which CSV has no place for. Choose a regression or classification.',
    );
  }
  throw new TrainingFailure(
    `ClientError: Hyperparameter objective: expected one of ${Object.keys(objectives).join(', ')}.`,
  );
}

export function checkLabels({ isLabel, labelRule }: XgboostObjective, labels: Float64Array, channel: string): void {
  const row = labels.findIndex((label) => !isLabel(label));
  if (row < 0) return;
  throw new TrainingFailure(`AlgorithmError: XGBoostError: ${labelRule} (row ${row + 1} of the ${channel} channel).`);
}
