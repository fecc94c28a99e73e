import { seededRandom } from '../../random.js';
import { applyLink, type Link } from '../boosting/boosted-model.js';
import { type LabelledRows, meanLoss } from '../boosting/booster.js';
import { type Loss, softmax, squaredError } from '../boosting/losses.js';
import { allRows, type FeatureMatrix } from '../feature-matrix.js';
import { type Design, type DesignColumn, designOf, fitDesign } from '../linear/design.js';
import { shuffle } from '../shuffle.js';
import { Adam } from './adam.js';
import { backward, copyOf, forward, layerBuffers, type Network, newNetwork } from './network.js';

/** A multilayer perceptron, as it is kept. */
export interface MlpModel {
  readonly kind: 'mlp';
  readonly link: Link;
  readonly design: readonly DesignColumn[];
  readonly layers: readonly {
    readonly inputs: number;
    readonly outputs: number;
    readonly weights: readonly number[];
    readonly bias: readonly number[];
  }[];
  /** Of regressions: what the network answers is in these units, from there. */
  readonly scale: number;
  readonly mean: number;
}

export interface MlpOptions {
  /** 0: a regression. */
  readonly classes: number;
  readonly epochs: number;
  readonly checkTime: () => void;
}

const HIDDEN = [32, 16];
const BATCH = 32;
const WEIGHT_DECAY = 0.01;
/** Epochs without a better loss on the validation rows, after which it ends. */
const PATIENCE = 8;
const SEED = 42;

/** @returns with the number of epochs that proved best */
export function fitMlp(
  rows: LabelledRows,
  options: MlpOptions,
  validation: LabelledRows | undefined,
): { model: MlpModel; epochs: number } {
  const columns = fitDesign(rows.matrix);
  const { mean, scale } = options.classes === 0 ? spreadOf(rows.labels) : { mean: 0, scale: 1 };
  const prepare = (part: LabelledRows): Prepared => ({
    design: designOf(columns, part.matrix),
    labels: part.labels.map((label) => (label - mean) / scale),
    rows: part,
  });
  const loss = options.classes === 0 ? squaredError : softmax(options.classes);
  const training = new MlpTraining(prepare(rows), loss);
  const { network, epochs } = practise(training, loss, options, validation && prepare(validation));
  const layers = network.map(({ inputs, outputs, weights, bias }) => ({
    inputs,
    outputs,
    weights: Array.from(weights),
    bias: Array.from(bias),
  }));
  const link = options.classes === 0 ? 'identity' : 'softmax';
  return { model: { kind: 'mlp', link, design: columns, layers, mean, scale }, epochs };
}

interface Prepared {
  readonly design: Design;
  readonly labels: Float64Array;
  readonly rows: LabelledRows;
}

/** Epoch after epoch, until the validation rows tell that it is enough. */
function practise(
  training: MlpTraining,
  loss: Loss,
  { epochs, checkTime }: MlpOptions,
  validation: Prepared | undefined,
): { network: Network; epochs: number } {
  let best = { network: training.network, epochs, loss: Number.POSITIVE_INFINITY };
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    checkTime();
    training.epoch();
    if (validation === undefined) continue;
    const raw = outputsOf(training.network, validation.design);
    const found = meanLoss(loss, raw, { ...validation.rows, labels: validation.labels });
    if (found < best.loss) best = { network: copyOf(training.network), epochs: epoch, loss: found };
    else if (epoch - best.epochs >= PATIENCE && best.loss < Number.POSITIVE_INFINITY) break;
  }
  return best;
}

class MlpTraining {
  readonly network: Network;
  readonly #prepared: Prepared;
  readonly #loss: Loss;
  readonly #adam: Adam;
  readonly #gradient: Network;
  readonly #activations: Float64Array[];
  readonly #deltas: Float64Array[];
  readonly #order: Int32Array;
  readonly #random = seededRandom(SEED);

  constructor(prepared: Prepared, loss: Loss) {
    const { width, rows } = prepared.design;
    this.#prepared = prepared;
    this.#loss = loss;
    this.network = newNetwork([width, ...HIDDEN, loss.outputs], SEED);
    this.#adam = new Adam(this.network, WEIGHT_DECAY);
    this.#gradient = copyOf(this.network).map((layer) => ({
      ...layer,
      weights: layer.weights.fill(0),
      bias: layer.bias.fill(0),
    }));
    this.#activations = [new Float64Array(width), ...layerBuffers(this.network)];
    this.#deltas = layerBuffers(this.network);
    this.#order = allRows(rows);
  }

  /** Each row once, in another order each time. */
  epoch(): void {
    shuffle(this.#order, this.#random);
    for (let start = 0; start < this.#order.length; start += BATCH) {
      const batch = this.#order.subarray(start, start + BATCH);
      for (const row of batch) this.#learn(row);
      this.#adam.step(this.#gradient, batch.length);
    }
  }

  #learn(row: number): void {
    const { design, labels } = this.#prepared;
    this.#activations[0]!.set(design.values.subarray(row * design.width, (row + 1) * design.width));
    forward(this.network, this.#activations);
    const delta = this.#deltas.at(-1)!;
    // The loss reads answers by output and row: here there is one row.
    const raw = Array.from(this.#activations.at(-1)!, (answer) => Float64Array.of(answer));
    this.#loss.derive(raw, 0, labels[row]!, (output, first) => {
      delta[output] = first;
    });
    backward(this.network, this.#activations, this.#deltas, this.#gradient);
  }
}

function outputsOf(network: Network, { rows, width, values }: Design): Float64Array[] {
  const activations = [new Float64Array(width), ...layerBuffers(network)];
  const last = activations.at(-1)!;
  const outputs = Array.from(last, () => new Float64Array(rows));
  for (let row = 0; row < rows; row += 1) {
    activations[0]!.set(values.subarray(row * width, (row + 1) * width));
    forward(network, activations);
    for (let output = 0; output < outputs.length; output += 1) outputs[output]![row] = last[output]!;
  }
  return outputs;
}

/** Of regressions the values; else the probabilities by class and row. */
export function answersOfMlp({ link, design, layers, mean, scale }: MlpModel, matrix: FeatureMatrix): Float64Array[] {
  const network = layers.map(({ weights, bias, ...sizes }) => ({
    ...sizes,
    weights: Float64Array.from(weights),
    bias: Float64Array.from(bias),
  }));
  const outputs = outputsOf(network, designOf(design, matrix));
  return applyLink(
    link,
    link === 'identity' ? outputs.map((values) => values.map((value) => mean + scale * value)) : outputs,
  );
}

function spreadOf(labels: Float64Array): { mean: number; scale: number } {
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const variance = labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length;
  return { mean, scale: variance > 0 ? Math.sqrt(variance) : 1 };
}
