import type { Link } from '../boosting/boosted-model.js';
import { applyLink } from '../boosting/boosted-model.js';
import type { LabelledRows } from '../boosting/booster.js';
import { meanLoss } from '../boosting/booster.js';
import { type Loss, logistic, softmax, squaredError } from '../boosting/losses.js';
import type { FeatureMatrix } from '../feature-matrix.js';
import { cholesky, type SquareMatrix, solve } from './cholesky.js';
import { type Design, type DesignColumn, designOf, fitDesign } from './design.js';

/** As it is kept. */
export interface LinearModel {
  readonly kind: 'linear';
  readonly link: Link;
  readonly design: readonly DesignColumn[];
  /** By output: a weight for each column of the design, and last what is always added. */
  readonly weights: readonly (readonly number[])[];
}

export interface LinearOptions {
  /** L2 on the weights, beside the sum of losses. */
  readonly ridge: number;
  /** 0: a regression. */
  readonly classes: number;
  readonly checkTime: () => void;
}

const MOST_NEWTON_STEPS = 30;
/** Each takes little, and is little progress. */
const MOST_SOFTMAX_STEPS = 300;
const SMALL_STEP = 1e-6;

export function fitLinear(rows: LabelledRows, options: LinearOptions): LinearModel {
  const columns = fitDesign(rows.matrix);
  const design = designOf(columns, rows.matrix);
  const { loss, link } = lossFor(options.classes);
  const weights = loss.outputs === 1 ? newton(design, rows, loss, options) : boundedNewton(design, rows, loss, options);
  return { kind: 'linear', link, design: columns, weights: weights.map((output) => Array.from(output)) };
}

function lossFor(classes: number): { loss: Loss; link: Link } {
  if (classes === 0) return { loss: squaredError, link: 'identity' };
  return classes === 2 ? { loss: logistic, link: 'logistic' } : { loss: softmax(classes), link: 'softmax' };
}

/** Iteratively reweighted least squares; one step is a ridge regression. */
function newton(design: Design, rows: LabelledRows, loss: Loss, { ridge, checkTime }: LinearOptions): Float64Array[] {
  let weights: Float64Array = new Float64Array(design.width + 1);
  let cost = costOf(design, rows, loss, weights, ridge);
  for (let step = 0; step < MOST_NEWTON_STEPS; step += 1) {
    checkTime();
    const { gradients, hessians } = derive(design, rows, loss, [weights]);
    const factor = cholesky(curvature(design, hessians[0]!, ridge));
    if (factor === undefined) break;
    const direction = solve(factor, slope(design, gradients[0]!, weights, ridge));
    const next = shortened(weights, direction, cost, (tried) => costOf(design, rows, loss, tried, ridge));
    if (next === undefined) break;
    weights = next.weights;
    cost = next.cost;
    if (direction.every((change) => Math.abs(change) < SMALL_STEP)) break;
  }
  return [weights];
}

/** A whole Newton step, or the half, the quarter … that makes the cost less. */
function shortened(
  weights: Float64Array,
  direction: Float64Array,
  cost: number,
  costOfWeights: (weights: Float64Array) => number,
): { weights: Float64Array; cost: number } | undefined {
  for (let length = 1; length > 1e-4; length /= 2) {
    const tried = weights.map((weight, index) => weight - length * direction[index]!);
    const found = costOfWeights(tried);
    if (found <= cost) return { weights: tried, cost: found };
  }
  return undefined;
}

/**
 * For many classes. Their second derivatives together would be a matrix of all weights of all classes; half that of
 * squared error bounds them (Böhning 1992), is the same at every step, and never leads uphill.
 */
function boundedNewton(
  design: Design,
  rows: LabelledRows,
  loss: Loss,
  { ridge, checkTime }: LinearOptions,
): Float64Array[] {
  const weights = Array.from({ length: loss.outputs }, () => new Float64Array(design.width + 1));
  const halves = Float64Array.from({ length: design.rows }, (_, row) => (rows.weights?.[row] ?? 1) / 2);
  const factor = cholesky(curvature(design, halves, ridge));
  if (factor === undefined) return weights;
  for (let step = 0; step < MOST_SOFTMAX_STEPS; step += 1) {
    checkTime();
    const { gradients } = derive(design, rows, loss, weights);
    let largest = 0;
    for (const [output, own] of weights.entries()) {
      const direction = solve(factor, slope(design, gradients[output]!, own, ridge));
      for (let i = 0; i < own.length; i += 1) {
        own[i]! -= direction[i]!;
        largest = Math.max(largest, Math.abs(direction[i]!));
      }
    }
    if (largest < SMALL_STEP) break;
  }
  return weights;
}

function derive(design: Design, { labels, weights }: LabelledRows, loss: Loss, model: readonly Float64Array[]) {
  const raw = rawOf(design, model);
  const gradients = raw.map(() => new Float64Array(design.rows));
  const hessians = raw.map(() => new Float64Array(design.rows));
  let row = 0;
  let weight = 1;
  const set = (output: number, first: number, second: number): void => {
    gradients[output]![row] = weight * first;
    hessians[output]![row] = weight * second;
  };
  for (row = 0; row < design.rows; row += 1) {
    weight = weights?.[row] ?? 1;
    loss.derive(raw, row, labels[row]!, set);
  }
  return { gradients, hessians };
}

/** Xᵀ·diag(hessians)·X with the ridge on its diagonal; the last row and column are of what is always added. */
function curvature({ rows, width, values }: Design, hessians: Float64Array, ridge: number): SquareMatrix {
  const size = width + 1;
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < rows; row += 1) {
    const hessian = hessians[row]!;
    for (let i = 0; i < width; i += 1) {
      const scaled = hessian * values[row * width + i]!;
      if (scaled === 0) continue;
      for (let j = 0; j <= i; j += 1) matrix[i * size + j]! += scaled * values[row * width + j]!;
      matrix[width * size + i]! += scaled;
    }
    matrix[width * size + width]! += hessian;
  }
  for (let i = 0; i < width; i += 1) matrix[i * size + i]! += ridge;
  return { size, values: matrix };
}

function slope({ rows, width, values }: Design, gradients: Float64Array, weights: Float64Array, ridge: number) {
  const sums = new Float64Array(width + 1);
  for (let row = 0; row < rows; row += 1) {
    const gradient = gradients[row]!;
    for (let i = 0; i < width; i += 1) sums[i]! += gradient * values[row * width + i]!;
    sums[width]! += gradient;
  }
  for (let i = 0; i < width; i += 1) sums[i]! += ridge * weights[i]!;
  return sums;
}

/** Half the ridge's share, as its derivative is the ridge. */
function costOf(design: Design, rows: LabelledRows, loss: Loss, weights: Float64Array, ridge: number): number {
  const total = rows.weights?.reduce((sum, weight) => sum + weight, 0) ?? design.rows;
  // Of squared error the whole counts double what its derivative says.
  const scale = loss === squaredError ? total / 2 : total;
  const size = weights.subarray(0, design.width).reduce((sum, weight) => sum + weight * weight, 0);
  return scale * meanLoss(loss, rawOf(design, [weights]), rows) + (ridge / 2) * size;
}

function rawOf({ rows, width, values }: Design, model: readonly ArrayLike<number>[]): Float64Array[] {
  return model.map((weights) => {
    const raw = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) {
      let sum = weights[width]!;
      for (let i = 0; i < width; i += 1) sum += weights[i]! * values[row * width + i]!;
      raw[row] = sum;
    }
    return raw;
  });
}

/** Of regressions the values; else the probabilities by class and row. */
export function answersOfLinear({ link, design, weights }: LinearModel, matrix: FeatureMatrix): Float64Array[] {
  return applyLink(link, rawOf(designOf(design, matrix), weights));
}
