import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/csv.js';
import { loadModel } from '../../src/training/load-model.js';
import { runJob } from '../../src/training/run-job.js';
import type { AutoMlTask, TrainingProgress, TrainingResult } from '../../src/training/training-job.js';

const file = (path: string) => readFile(new URL(path, import.meta.url));
const csv = (rows: readonly (readonly string[])[]): Uint8Array =>
  Buffer.from(rows.map((row) => `${row.join(',')}\n`).join(''));

const run = (task: Omit<AutoMlTask, 'kind'>, report: (progress: TrainingProgress) => void = () => undefined) =>
  runJob({ kind: 'automl', ...task }, report);

const metric = ({ best }: TrainingResult, name: string) => best.metrics.find((one) => one.name === name)!.value;

/** Every fifth row to measure by, the others to learn from. */
function parted(table: Buffer): { training: string[][]; held: string[][]; header: string[] } {
  const [header, ...rows] = parseCsv(table) as [string[], ...string[][]];
  return {
    header,
    training: [header, ...rows.filter((_, row) => row % 5 !== 0)],
    held: rows.filter((_, row) => row % 5 === 0),
  };
}

describe('AutoML on customers who leave', () => {
  let churn: ReturnType<typeof parted>;
  let result: TrainingResult;
  beforeAll(async () => {
    churn = parted(await file('../../../../demo/churn5000.csv'));
    result = run({ training: csv(churn.training), target: 'Churn?', algorithms: ['lightgbm'] });
  });

  it('tells most of them', () => {
    const model = loadModel(result.best.model);
    const answers = model.predict(churn.held.map((row) => row.slice(0, -1)));
    const actual = churn.held.map((row) => row.at(-1));
    const both = answers.filter(
      ({ predictedLabel }, row) => predictedLabel === 'True.' && actual[row] === 'True.',
    ).length;
    const predicted = answers.filter(({ predictedLabel }) => predictedLabel === 'True.').length;
    expect((2 * both) / (predicted + actual.filter((label) => label === 'True.').length)).toBeGreaterThan(0.8);
    expect(answers[0]).toMatchObject({
      labels: ['False.', 'True.'],
      predictedLabel: expect.stringMatching(/^(True|False)\.$/),
    });
  });

  it('reports what AutoML reports', () => {
    expect(result.best.metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Accuracy',
        'AUC',
        'BalancedAccuracy',
        'F1',
        'LogLoss',
        'Precision',
        'Recall',
        'InferenceLatency',
      ]),
    );
    expect(metric(result, 'AUC')).toBeGreaterThan(0.88);
    expect(result).toMatchObject({
      problemType: 'BinaryClassification',
      best: { algorithm: 'lightgbm', objective: { name: 'F1', type: 'Maximize', set: 'Validation' } },
    });
  });

  it('explains what mattered', () => {
    const { kernel_shap } = (
      result.explanation as {
        explanations: { kernel_shap: Record<string, { global_shap_values: Record<string, number> }> };
      }
    ).explanations;
    const values = kernel_shap.label0!.global_shap_values;
    expect(Object.keys(values)).toEqual(churn.header.slice(0, -1));
    const order = Object.keys(values).sort((a, b) => values[b]! - values[a]!);
    expect(order.slice(0, 3)).toContain('Day Mins');
    expect(values.Phone).toBe(0);
  });
});

describe('AutoML on penguins', () => {
  let penguins: ReturnType<typeof parted>;
  beforeAll(async () => {
    penguins = parted(await file('../data/penguins.csv'));
  });

  it('tells the species, with the target in front and values missing', () => {
    const result = run({ training: csv(penguins.training), target: 'species' });
    expect(result.problemType).toBe('MulticlassClassification');
    expect(result.candidates.map(({ algorithm }) => algorithm)).toEqual([
      'lightgbm',
      'xgboost',
      'catboost',
      'randomforest',
      'linear-learner',
    ]);
    const answers = loadModel(result.best.model).predict(penguins.held.map((row) => row.slice(1)));
    const right = answers.filter(({ predictedLabel }, row) => predictedLabel === penguins.held[row]![0]).length;
    expect(right / answers.length).toBeGreaterThan(0.95);
    expect(answers[0]!.probabilities!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1);
    const { kernel_shap } = (result.explanation as { explanations: { kernel_shap: object } }).explanations;
    expect(Object.keys(kernel_shap)).toEqual(['label0', 'label1', 'label2']);
  });

  it('is the same to the last bit each time', () => {
    const algorithms = ['catboost', 'randomforest', 'nn-torch'];
    const models = () =>
      run({ training: csv(penguins.training), target: 'species', algorithms }).candidates.map(({ model }) => model);
    expect(models()).toEqual(models());
  });

  it.each(['nn-torch', 'mlp', 'fastai', 'linear-learner', 'randomforest'])(
    'learns by %s, where it is asked to',
    (algorithm) => {
      const { best, explanation } = run({
        training: csv(penguins.training),
        target: 'species',
        algorithms: [algorithm],
      });
      expect(best.algorithm).toBe(algorithm);
      expect(best.objective.value).toBeGreaterThan(0.9);
      expect(explanation === undefined).toBe(/nn|mlp|fast/.test(algorithm));
      expect(loadModel(best.model).algorithm).toBe(algorithm);
    },
  );

  it('estimates numbers', () => {
    const result = run({ training: csv(penguins.training), target: 'body_mass_g', objective: 'R2', maxCandidates: 2 });
    expect(result.problemType).toBe('Regression');
    expect(result.best.objective).toMatchObject({ name: 'R2', type: 'Maximize' });
    expect(metric(result, 'R2')).toBeGreaterThan(0.75);
    const [answer] = loadModel(result.best.model).predict([['Gentoo', 'Biscoe', '50', '15', '220', 'male']]);
    expect(answer).toEqual({ predictedLabel: String(answer!.score), score: expect.closeTo(5400, -3) });
  });

  it('measures by the rows of a validation channel, in whatever order their columns are', () => {
    const reordered = [penguins.header, ...penguins.held].map((row) => row.toReversed());
    const result = run({
      training: csv(penguins.training),
      validation: csv(reordered),
      target: 'species',
      maxCandidates: 1,
    });
    expect(metric(result, 'Accuracy')).toBeGreaterThan(0.95);
  });

  it('tries no more candidates than it may', () => {
    const candidates = (limits: Partial<AutoMlTask>) =>
      run({ training: csv(penguins.training), target: 'species', ...limits }).candidates.length;
    expect(candidates({ maxCandidates: 1, algorithms: ['linear-learner', 'nn-torch'] })).toBe(1);
    expect(() => candidates({ maxRuntimeSeconds: 0 })).toThrow('Autopilot candidate has no models');
  });

  it('reads the columns that it is told to', () => {
    const result = run({
      training: csv(penguins.training),
      target: 'species',
      features: ['island'],
      algorithms: ['linear-learner'],
    });
    const model = loadModel(result.best.model);
    const answers = model.predict([
      ['Torgersen', '', '', '', '', ''],
      ['Torgersen', '50', '15', '220', '5000', 'male'],
    ]);
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('AutoML on data that it cannot learn from', () => {
  const rows = Array.from({ length: 30 }, (_, i) => [String(i), i % 2 === 0 ? 'yes' : 'no']);
  const table = [['n', 'answer'], ...rows];
  it.each([
    ['nothing', '', {}, 'No data'],
    ['a header alone', 'n,answer\n', {}, 'no rows'],
    ['no target', csv(table), { target: 'other' }, "no column of the target's name"],
    ['a target without values', csv(table.map(([n], row) => [n!, row === 0 ? 'answer' : ''])), {}, 'Only 0 rows'],
    ['one class', csv(table.map(([n], row) => [n!, row === 0 ? 'answer' : 'yes'])), {}, 'one value only'],
    ['rows of different widths', 'n,answer\n1\n', {}, 'as many fields'],
    ['columns of the same name', 'answer,answer\n1,2\n', {}, 'twice'],
    [
      'nothing that differs',
      csv(table.map(([, answer], row) => [row === 0 ? 'n' : '1', answer!])),
      {},
      'No column tells',
    ],
    ['an objective of other problems', csv(table), { objective: 'MSE' }, 'MSE is no objective metric'],
    ['algorithms that are not here', csv(table), { algorithms: ['tabpfn'] }, 'None of the algorithms'],
    ['a validation channel without a column', csv(table), { validation: csv([['answer'], ['yes']]) }, 'lacks a column'],
    [
      'a validation channel with another class',
      csv(table),
      {
        validation: csv([
          ['n', 'answer'],
          ['1', 'maybe'],
        ]),
      },
      'that the training channel lacks',
    ],
  ])('fails with the reason: %s', (_, training, task, message) => {
    expect(() => run({ training: Buffer.from(training), target: 'answer', ...task })).toThrow(message);
  });

  it('leaves out rows without a target', () => {
    const gaps = [...table, ['7', ''], ['8', '']];
    const both = [table, gaps].map((one) => run({ training: csv(one), target: 'answer', maxCandidates: 1 }));
    expect(both[0]!.best.model).toEqual(both[1]!.best.model);
  });
});
