import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import { type BoostingOptions, boost, type LabelledRows, meanLoss, predictRaw } from './booster.js';
import { classShares, type Loss, logistic, softmax, squaredError } from './losses.js';

const options: BoostingOptions = {
  rounds: 30,
  learningRate: 0.3,
  maxLeaves: 8,
  maxDepth: 0,
  minRows: 5,
  minChildWeight: 0,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  maxDeltaStep: 0,
  rowShare: 1,
  featureShares: { byTree: 1, byLevel: 1, byNode: 1 },
  seed: 1,
};

/** A number, one that is often missing, a category and noise; the label depends on the first three. */
function examples(rows: number, seed: number, labelOf: (a: number, b: number, c: number) => number): LabelledRows {
  const random = seededRandom(seed);
  // Few enough values for bins of their own.
  const coarse = () => Math.round(random() * 200) / 200;
  const columns = [0, 1, 2, 3].map(() => new Float64Array(rows));
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const values = [coarse(), random() < 0.3 ? Number.NaN : coarse(), Math.floor(random() * 6), coarse()];
    for (const [index, value] of values.entries()) columns[index]![row] = value;
    labels[row] = labelOf(values[0]!, values[1]!, values[2]!);
  }
  return { matrix: { rows, columns, categories: [0, 0, 6, 0] }, labels };
}

const isYes = (a: number, b: number, c: number) => ((Number.isNaN(b) ? a > 0.2 : a > b) !== (c === 2) ? 1 : 0);
const rows = examples(600, 1, isYes);
const unseen = examples(300, 2, isYes);

const lossOn = (loss: Loss, trees: ReturnType<typeof boost>, of: LabelledRows) =>
  meanLoss(loss, predictRaw(trees, of.matrix), of);

describe('a booster', () => {
  it('learns thresholds, missing values and categories together', () => {
    const trees = boost(rows, logistic, { ...options, rounds: 100 });
    const [raw] = predictRaw(trees, unseen.matrix);
    const right = unseen.labels.filter((label, row) => raw![row]! > 0 === label > 0).length;
    expect(right / unseen.labels.length).toBeGreaterThan(0.9);
  });

  it('is the same to the last bit each time, on every machine', () => {
    const sampled = { ...options, rowShare: 0.7, featureShares: { byTree: 0.8, byLevel: 0.9, byNode: 0.9 } };
    const hash = () =>
      createHash('sha256')
        .update(JSON.stringify(boost(rows, logistic, sampled)))
        .digest('hex');
    expect(hash()).toBe(hash());
    expect(hash()).toBe('d6b51dfcac6e98e9e408d1ca63b4b492c57de9f2f98fefc6966dafbba6a42e39');
  });

  it('ends when rows that it has not seen are answered no better', () => {
    const random = seededRandom(3);
    const noise = { ...rows, labels: rows.labels.map(() => Math.round(random())) };
    const long = boost(noise, logistic, { ...options, rounds: 200, patience: 5 }, { validation: unseen });
    expect(long.rounds.length).toBeLessThan(50);
    const without = boost(noise, logistic, { ...options, rounds: 60 }, { validation: unseen });
    expect(without.rounds.length).toBe(60);
  });

  it('keeps as many rounds as were best', () => {
    const stopped = boost(rows, logistic, { ...options, rounds: 300, patience: 10 }, { validation: unseen });
    const best = lossOn(logistic, stopped, unseen);
    const fewer = { ...stopped, rounds: stopped.rounds.slice(0, -1) };
    expect(best).toBeLessThanOrEqual(lossOn(logistic, fewer, unseen));
    expect(boost(rows, logistic, { ...options, rounds: stopped.rounds.length })).toEqual(stopped);
  });

  it('counts rows by their weights', () => {
    const weights = rows.labels.map((_, row) => (row < 300 ? 2 : 1));
    const twice = [...Array.from({ length: 300 }, (_, row) => row), ...Array.from(rows.labels.keys())];
    const repeated: LabelledRows = {
      matrix: {
        ...rows.matrix,
        rows: twice.length,
        columns: rows.matrix.columns.map((column) => Float64Array.from(twice, (row) => column[row]!)),
      },
      labels: Float64Array.from(twice, (row) => rows.labels[row]!),
    };
    const few = { ...options, rounds: 3, minRows: 1 };
    const [weighted] = predictRaw(boost({ ...rows, weights }, squaredError, few), unseen.matrix);
    const [plain] = predictRaw(boost(repeated, squaredError, few), unseen.matrix);
    for (const [row, value] of weighted!.entries()) expect(value).toBeCloseTo(plain![row]!, 8);
  });

  it('grows no deeper and no wider than it may', () => {
    const few = boost(rows, squaredError, { ...options, rounds: 1, maxLeaves: 3 });
    expect(few.rounds[0]![0]!.feature).toHaveLength(5);
    const stump = boost(rows, squaredError, {
      ...options,
      rounds: 1,
      maxDepth: 1,
      maxLeaves: Number.POSITIVE_INFINITY,
    });
    expect(stump.rounds[0]![0]!.feature).toHaveLength(3);
    const step = boost(rows, logistic, { ...options, learningRate: 1, maxDeltaStep: 0.01, rounds: 1 });
    expect(Math.max(...step.rounds[0]![0]!.value.map(Math.abs))).toBe(0.01);
  });

  it('has a tree for each class', () => {
    const thirds = examples(600, 4, (a) => Math.min(Math.floor(a * 3), 2));
    const trees = boost(thirds, softmax(3), options);
    expect(trees.rounds[0]).toHaveLength(3);
    expect(lossOn(softmax(3), trees, thirds)).toBeLessThan(0.05);
  });

  it('averages the trees of a forest', () => {
    const forest = { ...options, averaged: true, lambda: 0, maxLeaves: 64, minRows: 1, rowShare: 0.6 };
    const trees = boost(rows, classShares(2), forest);
    const [no, yes] = predictRaw(trees, unseen.matrix);
    for (let row = 0; row < unseen.labels.length; row += 1) expect(no![row]! + yes![row]!).toBeCloseTo(1, 0);
    const right = unseen.labels.filter((label, row) => yes![row]! > 0.5 === label > 0).length;
    expect(right / unseen.labels.length).toBeGreaterThan(0.85);
  });

  it('has nothing to learn from a constant', () => {
    const trees = boost({ ...rows, labels: rows.labels.map(() => 5) }, squaredError, options);
    expect(predictRaw(trees, unseen.matrix)[0]!.every((value) => value === 5)).toBe(true);
  });
});
