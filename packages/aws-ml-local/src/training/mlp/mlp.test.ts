import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import type { LabelledRows } from '../boosting/booster.js';
import { answersOfMlp, fitMlp } from './fit-mlp.js';
import { backward, copyOf, forward, layerBuffers, newNetwork } from './network.js';

const checkTime = () => undefined;

function examples(labelOf: (a: number, b: number) => number, seed = 9): LabelledRows {
  const random = seededRandom(seed);
  const columns = [0, 1].map(() => Float64Array.from({ length: 300 }, random));
  const labels = Float64Array.from({ length: 300 }, (_, row) => labelOf(columns[0]![row]!, columns[1]![row]!));
  return { matrix: { rows: 300, columns, categories: [0, 0] }, labels };
}

describe('a network', () => {
  it('derives what it answers', () => {
    const network = newNetwork([3, 4, 2], 1);
    const input = Float64Array.of(0.5, -1, 2);
    const activations = [input, ...layerBuffers(network)];
    const sum = () => {
      forward(network, activations);
      return activations.at(-1)!.reduce((total, value) => total + value, 0);
    };
    sum();
    const gradient = copyOf(network);
    for (const { weights, bias } of gradient) [weights.fill(0), bias.fill(0)];
    const deltas = layerBuffers(network);
    deltas.at(-1)!.fill(1);
    backward(network, activations, deltas, gradient);
    for (const [index, { weights }] of network.entries()) {
      for (let i = 0; i < weights.length; i += 1) {
        const [weight, step] = [weights[i]!, 1e-6];
        weights[i] = weight + step;
        const above = sum();
        weights[i] = weight - step;
        expect(gradient[index]!.weights[i]).toBeCloseTo((above - sum()) / (2 * step), 5);
        weights[i] = weight;
      }
    }
  });

  it('learns what no line parts, the same each time', () => {
    const isOdd = (a: number, b: number) => (a > 0.5 !== b > 0.5 ? 1 : 0);
    const [rows, validation] = [examples(isOdd), examples(isOdd, 10)];
    const { model, epochs } = fitMlp(rows, { classes: 2, epochs: 60, checkTime }, validation);
    const [, yes] = answersOfMlp(model, validation.matrix);
    const right = validation.labels.filter((label, row) => yes![row]! > 0.5 === label > 0).length;
    expect(right / 300).toBeGreaterThan(0.93);
    expect(epochs).toBeLessThanOrEqual(60);
    expect(fitMlp(rows, { classes: 2, epochs: 60, checkTime }, validation).model).toEqual(model);
  });

  it('answers regressions in their own units', () => {
    const rows = examples((a, b) => 1000 + 500 * a * b);
    const { model } = fitMlp(rows, { classes: 0, epochs: 60, checkTime }, undefined);
    const [values] = answersOfMlp(model, rows.matrix);
    const error = rows.labels.reduce((sum, label, row) => sum + Math.abs(label - values![row]!), 0) / 300;
    expect(error).toBeLessThan(20);
  });
});
