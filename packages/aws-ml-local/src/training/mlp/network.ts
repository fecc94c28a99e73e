import { type Random, seededRandom } from '../../random.js';

/** A layer in which each unit reads all of those before it. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Unit after unit. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Units between the first layer and the last answer with 0 instead of what is negative. */
export type Network = readonly Layer[];

/** @param sizes of the layers, inputs first */
export function newNetwork(sizes: readonly number[], seed: number): Network {
  const random = seededRandom(seed);
  return sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index]!;
    // Keeps the size of what goes through from growing or vanishing from layer to layer (He 2015).
    const reach = Math.sqrt(6 / Math.max(inputs, 1));
    const weights = Float64Array.from({ length: inputs * outputs }, () => symmetric(random) * reach);
    return { inputs, outputs, weights, bias: new Float64Array(outputs) };
  });
}

const symmetric = (random: Random): number => 2 * random() - 1;

export function copyOf(network: Network): Network {
  return network.map((layer) => ({ ...layer, weights: layer.weights.slice(), bias: layer.bias.slice() }));
}

/** What each layer makes of one row, into `activations`, of which the first holds the row. */
export function forward(network: Network, activations: readonly Float64Array[]): void {
  for (const [index, { inputs, outputs, weights, bias }] of network.entries()) {
    const from = activations[index]!;
    const to = activations[index + 1]!;
    const last = index === network.length - 1;
    for (let unit = 0; unit < outputs; unit += 1) {
      let sum = bias[unit]!;
      for (let i = 0; i < inputs; i += 1) sum += weights[unit * inputs + i]! * from[i]!;
      to[unit] = last || sum > 0 ? sum : 0;
    }
  }
}

/**
 * Adds one row's derivatives to `gradient`.
 *
 * @param deltas by layer; the last holds the derivatives by the network's answers
 */
export function backward(
  network: Network,
  activations: readonly Float64Array[],
  deltas: readonly Float64Array[],
  gradient: Network,
): void {
  for (let index = network.length - 1; index >= 0; index -= 1) {
    const { inputs, outputs, weights } = network[index]!;
    const { weights: weightSums, bias: biasSums } = gradient[index]!;
    const from = activations[index]!;
    const before = index > 0 ? deltas[index - 1]!.fill(0) : undefined;
    for (let unit = 0; unit < outputs; unit += 1) {
      const delta = deltas[index]![unit]!;
      if (delta === 0) continue;
      biasSums[unit]! += delta;
      for (let i = 0; i < inputs; i += 1) weightSums[unit * inputs + i]! += delta * from[i]!;
      if (before === undefined) continue;
      for (let i = 0; i < inputs; i += 1) if (from[i]! > 0) before[i]! += delta * weights[unit * inputs + i]!;
    }
  }
}

export function layerBuffers(network: Network): Float64Array[] {
  return network.map(({ outputs }) => new Float64Array(outputs));
}
