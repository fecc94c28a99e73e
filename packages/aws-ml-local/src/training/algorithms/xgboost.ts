import { applyLink } from '../boosting/boosted-model.js';
import { type BoostedTrees, type BoostingOptions, boost, type LabelledRows, predictRaw } from '../boosting/booster.js';
import { deadlineIn } from '../deadline.js';
import { analysisOf } from '../explain/analysis.js';
import { attributeTrees } from '../explain/attributions.js';
import {
  type AlgorithmTask,
  type Metric,
  TrainingFailure,
  type TrainingProgress,
  type TrainingResult,
} from '../training-job.js';
import { Hyperparameters } from './hyperparameters.js';
import { labelledRows, readNumbers, sameWidth } from './numeric-data.js';
import { resultOf } from './result.js';
import { checkMetrics, directionOf, xgboostMetrics } from './xgboost-metrics.js';
import type { XgboostModel } from './xgboost-model.js';
import { checkLabels, type XgboostObjective, xgboostObjective } from './xgboost-objectives.js';

/** XGBoost's default. */
const SEED = 0;

export function runXgboost(task: AlgorithmTask, report: (progress: TrainingProgress) => void): TrainingResult {
  const settings = readSettings(new Hyperparameters(task.hyperparameters));
  report({ kind: 'stage', stage: 'Training' });
  const training = readChannel(task.training, 'train', settings);
  const validation = task.validation === undefined ? undefined : readChannel(task.validation, 'validation', settings);
  if (validation !== undefined) sameWidth(training, validation);
  const { objective, objectiveName, boosting } = settings;
  const checkTime = deadlineIn(task.maxRuntimeSeconds);
  const trees = boost(training, objective.loss, boosting, { validation, checkTime });
  const metrics = [
    ...measure(settings, trees, training, 'Train'),
    ...(validation === undefined ? [] : measure(settings, trees, validation, 'Validation')),
  ];
  const model: XgboostModel = {
    kind: 'xgboost',
    objective: objectiveName,
    classes: objective.classes,
    features: training.matrix.columns.length,
    boosted: { kind: 'trees', link: objective.link, trees },
  };
  // The last metric that was asked for is what XGBoost itself stops by.
  const watched = settings.metrics.at(settings.asked ? -1 : 0)!;
  const main = metrics.findLast(({ name }) => name.endsWith(`:${watched}`))!;
  return resultOf('xgboost', model, metrics, { ...main, type: directionOf(watched) }, report, explain(trees, training));
}

interface Settings {
  readonly objective: XgboostObjective;
  readonly objectiveName: string;
  readonly boosting: BoostingOptions;
  readonly metrics: readonly string[];
  /** Whether the user has named metrics. */
  readonly asked: boolean;
  readonly weighted: boolean;
  readonly positiveWeight: number;
}

const share = { least: 0.001, most: 1 };
const notNegative = { least: 0 };

function readSettings(given: Hyperparameters): Settings {
  const objectiveName = given.text('objective') ?? 'reg:squarederror';
  const objective = xgboostObjective(objectiveName, given);
  const asked = given
    .text('eval_metric')
    ?.split(/[\s,[\]"']+/)
    .filter((name) => name !== '');
  if (asked !== undefined) checkMetrics(objective, asked);
  const settings = {
    objective,
    objectiveName,
    boosting: readBoosting(given),
    metrics: [...new Set([...(asked === undefined ? [] : objective.metrics), ...(asked ?? objective.metrics)])],
    asked: asked !== undefined && asked.length > 0,
    weighted: given.number('csv_weights', 0, { least: 0, most: 1, whole: true }) === 1,
    positiveWeight: given.number('scale_pos_weight', 1, notNegative),
  };
  given.choice('booster', ['gbtree'], 'gbtree');
  // Required by multiclass objectives, harmless to others.
  given.ignore('num_class', 'tree_method', 'seed', 'nthread', 'verbosity', 'silent', 'max_bin', 'predictor', 'updater');
  given.ignore('single_precision_histogram', 'deterministic_histogram', 'sketch_eps', 'refresh_leaf', 'dsplit');
  given.refuseUnknown();
  return settings;
}

function readBoosting(given: Hyperparameters): BoostingOptions {
  const patience = given.number('early_stopping_rounds', 0, { least: 0, whole: true });
  const leafWise = given.choice('grow_policy', ['depthwise', 'lossguide'], 'depthwise') === 'lossguide';
  const maxLeaves = given.number('max_leaves', 0, { least: 0, whole: true });
  return {
    rounds: given.number('num_round', 100, { least: 1, whole: true }),
    learningRate: given.number('eta', 0.3, { least: 0, most: 1 }),
    maxDepth: given.number('max_depth', leafWise ? 0 : 6, { least: 0, whole: true }),
    maxLeaves: maxLeaves === 0 ? Number.POSITIVE_INFINITY : maxLeaves,
    minChildWeight: given.number('min_child_weight', 1, notNegative),
    minRows: 1,
    gamma: given.number('gamma', 0, notNegative),
    alpha: given.number('alpha', 0, notNegative),
    lambda: given.number('lambda', 1, notNegative),
    maxDeltaStep: given.number('max_delta_step', 0, notNegative),
    rowShare: given.number('subsample', 1, share),
    featureShares: {
      byTree: given.number('colsample_bytree', 1, share),
      byLevel: given.number('colsample_bylevel', 1, share),
      byNode: given.number('colsample_bynode', 1, share),
    },
    seed: SEED,
    ...(patience > 0 && { patience }),
  };
}

function readChannel(
  csv: Uint8Array,
  channel: string,
  { objective, weighted, positiveWeight }: Settings,
): LabelledRows {
  const format = { leading: weighted ? 2 : 1, missingAllowed: true };
  const rows = labelledRows(readNumbers(csv, channel, format), weighted);
  checkLabels(objective, rows.labels, channel);
  if (rows.weights?.some((weight) => weight < 0)) {
    throw new TrainingFailure(`AlgorithmError: XGBoostError: Weights must be positive values (${channel} channel).`);
  }
  if (positiveWeight === 1) return rows;
  const weights = rows.labels.map((label, row) => (label === 1 ? positiveWeight : 1) * (rows.weights?.[row] ?? 1));
  return { ...rows, weights };
}

function measure(
  { objective, metrics }: Settings,
  trees: BoostedTrees,
  rows: LabelledRows,
  set: 'Train' | 'Validation',
): Metric[] {
  const raw = predictRaw(trees, rows.matrix);
  return xgboostMetrics(objective, metrics, rows, { raw, answers: applyLink(objective.link, raw) }, set);
}

/** Columns have no names: `f0`, `f1` … as XGBoost calls them. */
function explain(trees: BoostedTrees, { matrix }: LabelledRows): object {
  const names = matrix.columns.map((_, index) => `f${index}`);
  return analysisOf(
    attributeTrees(trees, matrix, () => undefined),
    names,
    names,
  );
}
