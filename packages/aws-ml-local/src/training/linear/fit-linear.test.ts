import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import type { LabelledRows } from '../boosting/booster.js';
import { answersOfLinear, fitLinear } from './fit-linear.js';

const checkTime = () => undefined;

function examples(labelOf: (a: number, b: number, colour: number) => number): LabelledRows {
  const random = seededRandom(7);
  const rows = 400;
  const columns = [0, 1, 2].map((feature) =>
    Float64Array.from({ length: rows }, () => (feature === 2 ? Math.floor(random() * 3) : 10 * random())),
  );
  const labels = Float64Array.from({ length: rows }, (_, row) =>
    labelOf(columns[0]![row]!, columns[1]![row]!, columns[2]![row]!),
  );
  return { matrix: { rows, columns, categories: [0, 0, 3] }, labels };
}

describe('a linear model', () => {
  it('finds the weights of a linear relation', () => {
    const rows = examples((a, b, colour) => 3 * a - 2 * b + (colour === 1 ? 5 : 0) + 7);
    const model = fitLinear(rows, { classes: 0, ridge: 1e-6, checkTime });
    const [values] = answersOfLinear(model, rows.matrix);
    for (const [row, label] of rows.labels.entries()) expect(values![row]).toBeCloseTo(label, 4);
  });

  it('takes a missing value for the mean, unless missing tells something', () => {
    const rows = examples((a) => a);
    rows.matrix.columns[0]!.fill(Number.NaN, 0, 100);
    rows.labels.fill(20, 0, 100);
    const [values] = answersOfLinear(fitLinear(rows, { classes: 0, ridge: 1e-6, checkTime }), rows.matrix);
    for (const [row, label] of rows.labels.entries()) expect(values![row]).toBeCloseTo(label, 4);
  });

  it('finds the probabilities of two classes, where they cannot be parted', () => {
    const random = seededRandom(8);
    const rows = examples((a, b) => (random() < 1 / (1 + Math.exp(-(a - b))) ? 1 : 0));
    const { weights, design } = fitLinear(rows, { classes: 2, ridge: 1e-3, checkTime });
    const scales = design.map((column) => ('scale' in column ? column.scale : 1));
    expect(weights[0]![0]! / scales[0]!).toBeCloseTo(1, 0);
    expect(weights[0]![1]! / scales[1]!).toBeCloseTo(-1, 0);
  });

  it('stays finite where two classes can be parted', () => {
    const rows = examples((a) => (a > 5 ? 1 : 0));
    const model = fitLinear(rows, { classes: 2, ridge: 1, checkTime });
    expect(model.weights[0]!.every(Number.isFinite)).toBe(true);
    const [, yes] = answersOfLinear(model, rows.matrix);
    const right = rows.labels.filter((label, row) => yes![row]! > 0.5 === label > 0).length;
    expect(right).toBeGreaterThan(385);
  });

  it('learns more classes', () => {
    const rows = examples((a, b) => (a > 6 ? 2 : b > 5 ? 1 : 0));
    const answers = answersOfLinear(fitLinear(rows, { classes: 3, ridge: 1, checkTime }), rows.matrix);
    const right = rows.labels.filter((label, row) => answers[label]![row]! > 0.4).length;
    expect(right).toBeGreaterThan(340);
    expect(answers.reduce((sum, values) => sum + values[0]!, 0)).toBeCloseTo(1);
  });
});
