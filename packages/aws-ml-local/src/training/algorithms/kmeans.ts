import { type InitializationMethod, kmeansGenerator } from 'ml-kmeans';
import { deadlineIn } from '../deadline.js';
import {
  type AlgorithmTask,
  type Metric,
  TrainingFailure,
  type TrainingProgress,
  type TrainingResult,
} from '../training-job.js';
import { Hyperparameters } from './hyperparameters.js';
import { type KmeansModel, nearestCenter } from './kmeans-model.js';
import { readNumbers } from './numeric-data.js';
import { resultOf } from './result.js';

const SEED = 42;

export function runKmeans(task: AlgorithmTask, report: (progress: TrainingProgress) => void): TrainingResult {
  const settings = readSettings(new Hyperparameters(task.hyperparameters));
  report({ kind: 'stage', stage: 'Training' });
  const points = readPoints(task.training, 'train', settings);
  const test = task.validation === undefined ? undefined : readPoints(task.validation, 'test', settings);
  if (points.length < settings.clusters) {
    throw new TrainingFailure(
      `ClientError: k is ${settings.clusters}, and the train channel has ${points.length} rows.`,
    );
  }
  if (test !== undefined && test[0]!.length !== points[0]!.length) {
    throw new TrainingFailure('ClientError: The test channel has other columns than the train channel.');
  }
  const began = performance.now();
  const centers = findCenters(points, settings, deadlineIn(task.maxRuntimeSeconds));
  const seconds = (performance.now() - began) / 1000;
  const metrics: Metric[] = [
    ...distances(centers, points, 'Train'),
    { name: 'train:progress', value: 100, set: 'Train' },
    { name: 'train:throughput', value: points.length / seconds, set: 'Train' },
    ...(test === undefined ? [] : distances(centers, test, 'Test')),
  ];
  const model: KmeansModel = { kind: 'kmeans', centers };
  const main = metrics.find(({ name }) => name === (test === undefined ? 'train:msd' : 'test:msd'))!;
  return resultOf('kmeans', model, metrics, { ...main, type: 'Minimize' }, report);
}

interface Settings {
  readonly clusters: number;
  readonly columns: number;
  readonly iterations: number;
  readonly initialization: InitializationMethod;
}

function readSettings(given: Hyperparameters): Settings {
  given.required('k');
  const settings = {
    clusters: given.number('k', 0, { least: 2, whole: true }),
    columns: given.number('feature_dim', 0, { least: 1, whole: true }),
    iterations: given.number('local_lloyd_max_iter', 300, { least: 1, whole: true }),
    initialization: given.choice('init_method', ['random', 'kmeans++'], 'kmeans++'),
  };
  given.number('epochs', 1, { least: 1, whole: true });
  // SageMaker's algorithm reads the rows in portions; here they are all looked at each time.
  given.ignore('mini_batch_size', 'extra_center_factor', 'half_life_time_size', 'local_lloyd_init_method');
  given.ignore('local_lloyd_num_trials', 'local_lloyd_tol', 'eval_metrics', 'force_dense', '_tuning_objective_metric');
  given.refuseUnknown();
  return settings;
}

function readPoints(csv: Uint8Array, channel: string, { columns }: Settings): number[][] {
  const numbers = readNumbers(csv, channel, { leading: 0, missingAllowed: false });
  if (columns > 0 && numbers.length !== columns) {
    throw new TrainingFailure(
      `ClientError: feature_dim is ${columns}, and the ${channel} channel has ${numbers.length} columns.`,
    );
  }
  return Array.from(numbers[0]!, (_, row) => numbers.map((column) => column[row]!));
}

function findCenters(points: number[][], settings: Settings, checkTime: () => void): number[][] {
  const { clusters, iterations, initialization } = settings;
  let centers: number[][] = [];
  const steps = kmeansGenerator(points, clusters, { seed: SEED, initialization, maxIterations: iterations });
  for (const step of steps) {
    checkTime();
    centers = step.centroids;
  }
  // A cluster that has lost all its rows has no centre.
  return centers.filter((center) => center.every(Number.isFinite));
}

/** Mean and sum of the squared distances to the nearest centres. */
function distances(
  centers: readonly (readonly number[])[],
  points: readonly number[][],
  set: 'Train' | 'Test',
): Metric[] {
  const sum = points.reduce((total, point) => total + nearestCenter(centers, point).distance ** 2, 0);
  const prefix = set.toLowerCase();
  return [
    { name: `${prefix}:msd`, value: sum / points.length, set },
    { name: `${prefix}:ssd`, value: sum, set },
  ];
}
