import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../random.js';
import { type BoostingOptions, boost, type LabelledRows, predictRaw } from '../boosting/booster.js';
import { logistic } from '../boosting/losses.js';
import { childOf, type Tree } from '../boosting/tree.js';
import { attributeTrees } from './attributions.js';
import { expectedValue, TreeShap } from './tree-shap.js';

const FEATURES = 4;

function examples(): LabelledRows {
  const random = seededRandom(5);
  const rows = 300;
  const columns = Array.from({ length: FEATURES }, (_, feature) =>
    Float64Array.from({ length: rows }, () => {
      if (feature === 3) return Math.floor(random() * 5);
      return random() < 0.1 ? Number.NaN : random();
    }),
  );
  const [a, b, c, d] = columns as [Float64Array, Float64Array, Float64Array, Float64Array];
  const labels = Float64Array.from({ length: rows }, (_, row) =>
    a[row]! > b[row]! !== (c[row]! > 0.5 || d[row] === 1) ? 1 : 0,
  );
  return { matrix: { rows, columns, categories: [0, 0, 0, 5] }, labels };
}

const rows = examples();
const options: BoostingOptions = {
  rounds: 5,
  learningRate: 0.5,
  maxLeaves: 20,
  maxDepth: 0,
  minRows: 2,
  minChildWeight: 0,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  maxDeltaStep: 0,
  rowShare: 1,
  featureShares: { byTree: 1, byLevel: 1, byNode: 1 },
  seed: 1,
};
const trees = boost(rows, logistic, options);
const cellsOf = (row: number) => rows.matrix.columns.map((column) => column[row]!);

/** The tree's answer where some features are known; where others are asked, the training rows' average over both ways. */
function partial(tree: Tree, cells: readonly number[], known: ReadonlySet<number>, node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node]!;
  if (known.has(feature)) return partial(tree, cells, known, childOf(tree, node, cells[feature]!));
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  const share = tree.cover[left]! / (tree.cover[left]! + tree.cover[right]!);
  return share * partial(tree, cells, known, left) + (1 - share) * partial(tree, cells, known, right);
}

/** The definition: over all orders in which features may become known. */
function shapley(tree: Tree, cells: readonly number[]): number[] {
  const sums = new Array<number>(FEATURES).fill(0);
  const orders = permutations(Array.from({ length: FEATURES }, (_, feature) => feature));
  for (const order of orders) {
    const known = new Set<number>();
    for (const feature of order) {
      const before = partial(tree, cells, known);
      known.add(feature);
      sums[feature]! += (partial(tree, cells, known) - before) / orders.length;
    }
  }
  return sums;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

describe('TreeSHAP', () => {
  it('is what the definition says', () => {
    for (const tree of trees.rounds.flat()) {
      const shap = new TreeShap(tree);
      for (let row = 0; row < 20; row += 1) {
        const sums = new Float64Array(FEATURES);
        shap.add(cellsOf(row), sums);
        for (const [feature, value] of shapley(tree, cellsOf(row)).entries())
          expect(sums[feature]).toBeCloseTo(value, 10);
        expect(expectedValue(tree)).toBeCloseTo(partial(tree, cellsOf(row), new Set()), 10);
      }
    }
  });

  it('adds up, with what is expected, to the raw answer of each row', () => {
    const [{ expected, values }] = attributeTrees(trees, rows.matrix, () => undefined) as [
      ReturnType<typeof attributeTrees>[number],
    ];
    const [raw] = predictRaw(trees, rows.matrix);
    for (const [row, answer] of raw!.entries()) {
      expect(values.reduce((sum, feature) => sum + feature[row]!, expected)).toBeCloseTo(answer, 10);
    }
  });
});
