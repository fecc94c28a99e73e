import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import { loadModel } from '../load-model.js';
import { runJob } from '../run-job.js';
import { type AlgorithmTask, PredictionFailure, TrainingFailure } from '../training-job.js';

const csv = (rows: readonly (readonly (number | string)[])[]): Uint8Array =>
  Buffer.from(rows.map((row) => `${row.join(',')}\n`).join(''));

const random = seededRandom(11);
/** The label first; the second feature is missing now and then. */
const rowsBy = (labelOf: (a: number, b: number) => number, gaps = true) =>
  Array.from({ length: 300 }, () => {
    const [a, b] = [Math.round(random() * 100), Math.round(random() * 100)];
    return [labelOf(a, b), a, gaps && random() < 0.1 ? '' : b];
  });

const run = (task: Partial<AlgorithmTask> & Pick<AlgorithmTask, 'training'>) =>
  runJob(
    { kind: 'xgboost', ...task, hyperparameters: { ...quick(task.kind), ...task.hyperparameters } },
    () => undefined,
  );

/** As few rounds as will do. */
const quick = (kind = 'xgboost'): Record<string, string> => (kind === 'xgboost' ? { num_round: '20' } : {});
const trained = (task: Parameters<typeof run>[0]) => loadModel(run(task).best.model);
const metricNames = (task: Parameters<typeof run>[0]) => run(task).finalMetrics.map(({ name }) => name);

const binary = rowsBy((a) => (a > 50 ? 1 : 0));
const thirds = rowsBy((a) => Math.min(2, Math.floor(a / 34)));
const sums = rowsBy((a, b) => a + b, false);

describe('XGBoost', () => {
  it('answers what its objective says', () => {
    const answer = (objective: string, training = csv(binary)) =>
      trained({ training, hyperparameters: { objective, num_class: '3' } }).predict([['90', '']])[0]!;
    expect(answer('binary:logistic')).toMatchObject({
      predictedLabel: '1',
      labels: ['0', '1'],
      score: expect.closeTo(1, 1),
    });
    expect(answer('binary:hinge')).toMatchObject({ predictedLabel: '1', score: 1 });
    expect(answer('reg:logistic')).toMatchObject({ score: expect.closeTo(1, 1) });
    expect(answer('multi:softmax', csv(thirds))).toMatchObject({ predictedLabel: '2', score: 2 });
    expect(answer('multi:softprob', csv(thirds)).score).toEqual([
      expect.closeTo(0, 1),
      expect.closeTo(0, 1),
      expect.closeTo(1, 1),
    ]);
  });

  it.each(['reg:squarederror', 'reg:pseudohubererror', 'reg:tweedie'])('estimates by %s', (objective) => {
    const [answer] = trained({ training: csv(sums), hyperparameters: { objective } }).predict([['40', '50']]);
    expect(Math.abs((answer!.score as number) - 90)).toBeLessThan(12);
    expect(answer!.predictedLabel).toBe(String(answer!.score));
  });

  it('names its metrics as XGBoost does', () => {
    const validation = csv(binary.slice(0, 50));
    expect(metricNames({ training: csv(sums) })).toEqual(['train:rmse']);
    const hyperparameters = { objective: 'binary:logistic' };
    expect(metricNames({ training: csv(binary), validation, hyperparameters })).toEqual([
      'train:logloss',
      'train:error',
      'validation:logloss',
      'validation:error',
    ]);
    const asked = { objective: 'binary:logistic', eval_metric: 'auc' };
    const { best } = run({ training: csv(binary), validation, hyperparameters: asked });
    expect(best.objective).toMatchObject({ name: 'validation:auc', type: 'Maximize', value: 1 });
    expect(
      metricNames({ training: csv(thirds), hyperparameters: { objective: 'multi:softmax', num_class: '3' } }),
    ).toEqual(['train:mlogloss', 'train:merror']);
    expect(metricNames({ training: csv(sums), hyperparameters: { objective: 'reg:tweedie' } })).toEqual([
      'train:tweedie-nloglik@1.5',
    ]);
  });

  it('obeys its hyperparameters', () => {
    const trees = (hyperparameters: Record<string, string>) =>
      JSON.parse(Buffer.from(run({ training: csv(sums), hyperparameters }).best.model).toString()).boosted.trees;
    const stumps = trees({ num_round: '3', max_depth: '1' });
    expect(stumps.rounds.map(([tree]: [{ feature: number[] }]) => tree.feature.length)).toEqual([3, 3, 3]);
    expect(trees({ gamma: '1e9' }).rounds[0][0].feature).toHaveLength(1);
    expect(trees({ subsample: '0.5' })).not.toEqual(trees({}));
    expect(trees({ colsample_bytree: '0.5' })).not.toEqual(trees({}));
    expect(trees({ grow_policy: 'lossguide', max_leaves: '2' }).rounds[0][0].feature).toHaveLength(3);
  });

  it('stops early, where it is told to', () => {
    const noise = rowsBy(() => Math.round(random()));
    const hyperparameters = { objective: 'binary:logistic', early_stopping_rounds: '3' };
    const { best } = run({
      training: csv(noise),
      validation: csv(noise.toReversed().map(([label, a, b]) => [label! === 1 ? 0 : 1, a!, b!])),
      hyperparameters,
    });
    expect(JSON.parse(Buffer.from(best.model).toString()).boosted.trees.rounds.length).toBeLessThan(10);
  });

  it('weighs rows', () => {
    const rows = Array.from({ length: 40 }, (_, i) => (i < 20 ? [1, 3, 0] : [0, 1, 0]));
    const hyperparameters = { objective: 'binary:logistic', csv_weights: '1' };
    const [answer] = trained({ training: csv(rows), hyperparameters }).predict([['0']]);
    expect(answer!.score).toBeCloseTo(0.75);
  });

  it.each([
    ['no rows', '', {}, 'No data'],
    ['a header', 'label,a\n1,2\n', {}, 'Non-numeric value found in row 1, column 1'],
    ['words', '1,2\n0,secret\n', {}, 'Non-numeric value found in row 2, column 2'],
    ['a row without its label', '1,2\n,3\n', {}, 'Missing value found in row 2, column 1'],
    ['rows of different widths', '1,2\n0\n', {}, 'as many fields'],
    ['labels alone', '1\n0\n', {}, 'no feature columns'],
    ['a label out of range', '3,1\n0,1\n', { objective: 'multi:softmax', num_class: '3' }, 'in [0, num_class)'],
    ['no num_class', '1,1\n0,1\n', { objective: 'multi:softmax' }, 'num_class is required'],
    ['a label that is none of two', '2,1\n0,1\n', { objective: 'binary:logistic' }, 'must be 0 or 1'],
    ['a negative label', '-1,1\n0,1\n', { objective: 'reg:tweedie' }, 'nonnegative'],
    ['ranking', '1,1\n0,1\n', { objective: 'rank:pairwise' }, 'groups of rows'],
    ['an unknown objective', '1,1\n0,1\n', { objective: 'reg:nothing' }, 'expected one of reg:squarederror'],
    ['an unknown hyperparameter', '1,1\n0,1\n', { learning: '1' }, '(learning)'],
    ['a hyperparameter out of range', '1,1\n0,1\n', { eta: '2' }, 'eta: expected a number in [0, 1]'],
    ['a hyperparameter that is no number', '1,1\n0,1\n', { num_round: 'many' }, 'a whole number in [1, inf)'],
    ['an unknown metric', '1,1\n0,1\n', { eval_metric: 'auc' }, 'eval_metric'],
  ])('fails with the reason, and without cells: %s', (_, training, hyperparameters, message) => {
    const failing = () => run({ training: Buffer.from(training), hyperparameters });
    expect(failing).toThrow(TrainingFailure);
    expect(failing).toThrow(message);
    expect(failing).not.toThrow('secret');
  });

  it('ends with its time', () => {
    expect(() => run({ training: csv(sums), maxRuntimeSeconds: 0 })).toThrow('MaxRuntimeExceeded');
  });

  it('refuses requests that are not like its rows', () => {
    const model = trained({ training: csv(sums) });
    expect(() => model.predict([['1']])).toThrow(PredictionFailure);
    expect(() => model.predict([['1', 'x']])).toThrow('column 2 of the request is not numeric');
  });
});

describe('the linear learner', () => {
  const plain = (rows: readonly (readonly (number | string)[])[]) => csv(rows.map(([label, a]) => [label!, a!]));

  it('estimates', () => {
    const task = {
      kind: 'linear-learner',
      training: csv(sums),
      hyperparameters: { predictor_type: 'regressor' },
    } as const;
    const [answer] = trained(task).predict([['40', '50']]);
    expect(answer!.score).toBeCloseTo(90, 1);
    expect(metricNames({ ...task, validation: csv(sums) })).toEqual([
      'train:objective_loss',
      'train:progress',
      'validation:objective_loss',
      'validation:mse',
      'validation:rmse',
      'validation:absolute_loss',
      'validation:r2',
    ]);
  });

  it('classifies two and more', () => {
    const predict = (rows: typeof binary, hyperparameters: Record<string, string>) =>
      trained({ kind: 'linear-learner', training: plain(rows), hyperparameters }).predict([['95']])[0]!;
    expect(predict(binary, { predictor_type: 'binary_classifier' })).toMatchObject({
      predictedLabel: '1',
      score: expect.closeTo(1, 1),
    });
    const many = predict(thirds, { predictor_type: 'multiclass_classifier', num_classes: '3' });
    expect(many).toMatchObject({ predictedLabel: '2', labels: ['0', '1', '2'] });
    expect(many.score).toHaveLength(3);
  });

  it('weighs the rarer class', () => {
    const rows = Array.from({ length: 100 }, (_, i) => [i < 10 ? 1 : 0, i % 7]);
    const score = (weight: string) =>
      trained({
        kind: 'linear-learner',
        training: csv(rows),
        hyperparameters: { predictor_type: 'binary_classifier', positive_example_weight_mult: weight },
      }).predict([['3']])[0]!.score as number;
    expect(score('1')).toBeLessThan(0.2);
    expect(score('balanced')).toBeGreaterThan(0.4);
  });

  it.each([
    ['no type', {}, 'predictor_type is required'],
    ['no number of classes', { predictor_type: 'multiclass_classifier' }, 'num_classes is required'],
    ['a label out of range', { predictor_type: 'binary_classifier' }, 'from 0 to 1'],
    ['another number of columns', { predictor_type: 'regressor', feature_dim: '9' }, 'feature_dim is 9'],
    ['a loss that is not here', { predictor_type: 'regressor', loss: 'huber_loss' }, 'auto, squared_loss'],
  ])('fails with the reason: %s', (_, hyperparameters, message) => {
    expect(() => run({ kind: 'linear-learner', training: plain(thirds), hyperparameters })).toThrow(message);
  });

  it('has no place for missing values', () => {
    const hyperparameters = { predictor_type: 'regressor' };
    expect(() =>
      run({
        kind: 'linear-learner',
        training: csv([
          [1, 2],
          [0, ''],
        ]),
        hyperparameters,
      }),
    ).toThrow('Missing value');
  });
});

describe('k-means', () => {
  const points = Array.from({ length: 90 }, (_, i) => [100 * (i % 3) + random(), 50 * (i % 3) + random()]);
  const task = { kind: 'kmeans', training: csv(points), hyperparameters: { k: '3', feature_dim: '2' } } as const;

  it('finds clusters, the same each time', () => {
    const answers = trained(task).predict([
      ['0', '0'],
      ['101', '51'],
      ['1', '1'],
      ['200', '100'],
    ]);
    const [first, second, third, fourth] = answers.map(({ predictedLabel }) => predictedLabel);
    expect(third).toBe(first);
    expect(new Set([first, second, fourth])).toEqual(new Set(['0', '1', '2']));
    expect(answers[0]!.distanceToCluster).toBeCloseTo(Math.hypot(0.5, 0.5), 0);
    expect(run(task).best.model).toEqual(run(task).best.model);
  });

  it('names its metrics as SageMaker does', () => {
    expect(metricNames(task)).toEqual(['train:msd', 'train:ssd', 'train:progress', 'train:throughput']);
    expect(metricNames({ ...task, validation: csv(points) })).toContain('test:msd');
  });

  it.each([
    ['no k', {}, 'k is required'],
    ['more clusters than rows', { k: '91' }, '90 rows'],
    ['another number of columns', { k: '3', feature_dim: '3' }, 'feature_dim is 3'],
    ['an unknown method', { k: '3', init_method: 'guess' }, 'random, kmeans++'],
  ])('fails with the reason: %s', (_, hyperparameters, message) => {
    expect(() => run({ ...task, hyperparameters })).toThrow(message);
  });
});
