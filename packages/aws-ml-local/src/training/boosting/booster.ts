import { type Random, seededRandom } from '../../random.js';
import { allRows, type FeatureMatrix } from '../feature-matrix.js';
import { binColumns } from './bins.js';
import { TreeGrower, type TreeLimits } from './grow-tree.js';
import type { Loss } from './losses.js';
import { FeatureSample, type FeatureShares } from './sample-features.js';
import { addPredictions, type Tree } from './tree.js';

export interface BoostingOptions extends TreeLimits {
  readonly rounds: number;
  /** Of each tree's answer, this share is added. */
  readonly learningRate: number;
  /** Share of the rows that each tree sees. */
  readonly rowShare: number;
  readonly featureShares: FeatureShares;
  readonly seed: number;
  /** Trees don't build upon one another but are averaged: a random forest. */
  readonly averaged?: boolean;
  /** Rounds without a better loss on the validation rows, after which it ends; default: never. */
  readonly patience?: number;
}

export interface LabelledRows {
  readonly matrix: FeatureMatrix;
  readonly labels: Float64Array;
  /** Default: all 1. */
  readonly weights?: Float64Array | undefined;
}

/** Trees add up, on top of the base: by round and output. */
export interface BoostedTrees {
  readonly base: readonly number[];
  readonly rounds: readonly (readonly Tree[])[];
}

export interface BoostingContext {
  readonly validation?: LabelledRows | undefined;
  /** Called before each round; throws to end the training. */
  readonly checkTime?: (() => void) | undefined;
}

export function boost(
  rows: LabelledRows,
  loss: Loss,
  options: BoostingOptions,
  { validation, checkTime }: BoostingContext = {},
): BoostedTrees {
  const run = new Boosting(rows, loss, options);
  const watch = new ValidationWatch(validation, loss, run.base, options.patience);
  const rounds: Tree[][] = [];
  for (let round = 0; round < options.rounds && !watch.stopped; round += 1) {
    checkTime?.();
    const trees = run.round();
    rounds.push(trees);
    watch.see(trees);
  }
  return { base: run.base, rounds: rounds.slice(0, watch.bestRounds ?? rounds.length) };
}

/** Raw answers by output and row. */
export function predictRaw({ base, rounds }: BoostedTrees, matrix: FeatureMatrix): Float64Array[] {
  const raw = base.map((value) => new Float64Array(matrix.rows).fill(value));
  for (const trees of rounds) {
    for (const [output, tree] of trees.entries()) addPredictions(tree, matrix, raw[output]!);
  }
  return raw;
}

/** Mean over rows, by weight. */
export function meanLoss(loss: Loss, raw: readonly Float64Array[], { labels, weights }: LabelledRows): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * loss.of(raw, row, labels[row]!);
    total += weight;
  }
  return sum / total;
}

/** Round after round over the same rows. */
class Boosting {
  readonly base: readonly number[];
  readonly #rows: LabelledRows;
  readonly #weights: Float64Array;
  readonly #loss: Loss;
  readonly #options: BoostingOptions;
  readonly #random: Random;
  readonly #grower: TreeGrower;
  readonly #all: Int32Array;
  readonly #features: readonly number[];
  readonly #raw: Float64Array[];
  readonly #gradients: Float64Array[];
  readonly #hessians: Float64Array[];

  constructor(rows: LabelledRows, loss: Loss, options: BoostingOptions) {
    const { matrix, labels } = rows;
    this.#rows = rows;
    this.#weights = rows.weights ?? new Float64Array(matrix.rows).fill(1);
    this.#loss = loss;
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#grower = new TreeGrower(binColumns(matrix), matrix.rows, options);
    this.#all = allRows(matrix.rows);
    this.#features = Array.from(matrix.columns.keys());
    this.base = loss.base(labels, this.#weights);
    this.#raw = this.base.map((value) => new Float64Array(matrix.rows).fill(value));
    this.#gradients = this.base.map(() => new Float64Array(matrix.rows));
    this.#hessians = this.base.map(() => new Float64Array(matrix.rows));
    this.#derive();
  }

  /** One tree an output. */
  round(): Tree[] {
    const { averaged = false, rounds, learningRate, featureShares } = this.#options;
    const rows = this.#sampleRows();
    const trees = this.base.map((_, output) => {
      const features = new FeatureSample(this.#features, featureShares, this.#random);
      const scale = averaged ? 1 / rounds : learningRate;
      return this.#grower.grow(rows, this.#gradients[output]!, this.#hessians[output]!, features, scale);
    });
    if (averaged) return trees;
    for (const [output, tree] of trees.entries()) addPredictions(tree, this.#rows.matrix, this.#raw[output]!);
    this.#derive();
    return trees;
  }

  #derive(): void {
    const { labels } = this.#rows;
    for (let row = 0; row < labels.length; row += 1) {
      const weight = this.#weights[row]!;
      this.#loss.derive(this.#raw, row, labels[row]!, (output, first, second) => {
        this.#gradients[output]![row] = weight * first;
        this.#hessians[output]![row] = weight * second;
      });
    }
  }

  #sampleRows(): Int32Array {
    const { rowShare } = this.#options;
    if (rowShare >= 1) return this.#all;
    const sampled = this.#all.filter(() => this.#random() < rowShare);
    return sampled.length > 0 ? sampled : this.#all;
  }
}

/** Follows the loss on rows that the trees have not seen. */
class ValidationWatch {
  stopped = false;
  /** Undefined where nothing is watched. */
  bestRounds: number | undefined;
  readonly #rows: LabelledRows | undefined;
  readonly #loss: Loss;
  readonly #raw: Float64Array[];
  readonly #patience: number;
  #best = Number.POSITIVE_INFINITY;
  #seen = 0;

  constructor(rows: LabelledRows | undefined, loss: Loss, base: readonly number[], patience: number | undefined) {
    this.#rows = patience === undefined ? undefined : rows;
    this.#patience = patience ?? 0;
    this.#loss = loss;
    this.#raw = base.map((value) => new Float64Array(rows?.matrix.rows ?? 0).fill(value));
  }

  see(trees: readonly Tree[]): void {
    if (this.#rows === undefined) return;
    for (const [output, tree] of trees.entries()) addPredictions(tree, this.#rows.matrix, this.#raw[output]!);
    this.#seen += 1;
    const loss = meanLoss(this.#loss, this.#raw, this.#rows);
    if (loss < this.#best) {
      this.#best = loss;
      this.bestRounds = this.#seen;
    }
    this.stopped = this.#seen - (this.bestRounds ?? 0) >= this.#patience;
  }
}
