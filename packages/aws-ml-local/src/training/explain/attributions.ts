import type { BoostedTrees } from '../boosting/booster.js';
import { allRows, type FeatureMatrix, selectRows } from '../feature-matrix.js';
import { designOf } from '../linear/design.js';
import type { LinearModel } from '../linear/fit-linear.js';
import { depthOf, expectedValue, TreeShap } from './tree-shap.js';

/** What features add to one output's raw answers, row by row: with `expected` they sum up to it. */
export interface Attributions {
  readonly expected: number;
  /** By feature and row. */
  readonly values: readonly Float64Array[];
}

const MOST_ROWS = 500;
const FEWEST_ROWS = 20;
/** Steps of TreeSHAP, of some ten nanoseconds each: what a job may spend on explaining. */
const MOST_STEPS = 1e8;

/** @returns by output */
export function attributeTrees(
  { base, rounds }: BoostedTrees,
  matrix: FeatureMatrix,
  checkTime: () => void,
): Attributions[] {
  const steps = rounds.flat().reduce((sum, tree) => sum + (tree.feature.length / 2) * (depthOf(tree) + 1) ** 2, 0);
  const rows = firstRows(matrix, Math.max(FEWEST_ROWS, Math.floor(MOST_STEPS / (steps + 1))));
  return base.map((start, output) => {
    const trees = rounds.map((round) => round[output]!);
    const expected = trees.reduce((sum, tree) => sum + expectedValue(tree), start);
    const shaps = trees.map((tree) => new TreeShap(tree));
    const values = rows.columns.map(() => new Float64Array(rows.rows));
    for (let row = 0; row < rows.rows; row += 1) {
      checkTime();
      const sums = new Float64Array(values.length);
      const cells = rows.columns.map((column) => column[row]!);
      for (const shap of shaps) shap.add(cells, sums);
      for (const [feature, sum] of sums.entries()) values[feature]![row] = sum;
    }
    return { expected, values };
  });
}

/** A weight times how far the value is from its mean. */
export function attributeLinear({ design, weights }: LinearModel, matrix: FeatureMatrix): Attributions[] {
  const rows = firstRows(matrix, MOST_ROWS);
  const { values, width } = designOf(design, rows);
  const means = design.map((_, index) => {
    let sum = 0;
    for (let row = 0; row < rows.rows; row += 1) sum += values[row * width + index]!;
    return sum / rows.rows;
  });
  return weights.map((own) => {
    const sums = rows.columns.map(() => new Float64Array(rows.rows));
    for (const [index, { feature }] of design.entries()) {
      for (let row = 0; row < rows.rows; row += 1) {
        sums[feature]![row]! += own[index]! * (values[row * width + index]! - means[index]!);
      }
    }
    const expected = means.reduce((sum, mean, index) => sum + own[index]! * mean, own[width]!);
    return { expected, values: sums };
  });
}

function firstRows(matrix: FeatureMatrix, most: number): FeatureMatrix {
  return selectRows(matrix, allRows(Math.min(matrix.rows, MOST_ROWS, most)));
}
