import type { Network } from './network.js';

const RATE = 0.003;
const [MEAN_DECAY, SQUARE_DECAY] = [0.9, 0.999];
const EPSILON = 1e-8;

/** Steps whose length follows how steady a weight's derivative is (Kingma and Ba 2015). */
export class Adam {
  readonly #parameters: readonly Float64Array[];
  readonly #means: readonly Float64Array[];
  readonly #squares: readonly Float64Array[];
  readonly #decay: number;
  #meanBias = 1;
  #squareBias = 1;

  /** @param decay of each weight, in a step, beside its rate */
  constructor(network: Network, decay: number) {
    this.#parameters = parametersOf(network);
    this.#means = this.#parameters.map(({ length }) => new Float64Array(length));
    this.#squares = this.#parameters.map(({ length }) => new Float64Array(length));
    this.#decay = decay;
  }

  /** @param gradient sums over so many rows; is 0 afterwards */
  step(gradient: Network, rows: number): void {
    this.#meanBias *= MEAN_DECAY;
    this.#squareBias *= SQUARE_DECAY;
    for (const [index, sums] of parametersOf(gradient).entries()) {
      this.#move(this.#parameters[index]!, this.#means[index]!, this.#squares[index]!, sums, rows);
      sums.fill(0);
    }
  }

  #move(parameters: Float64Array, means: Float64Array, squares: Float64Array, sums: Float64Array, rows: number): void {
    for (let i = 0; i < parameters.length; i += 1) {
      const slope = sums[i]! / rows;
      means[i] = MEAN_DECAY * means[i]! + (1 - MEAN_DECAY) * slope;
      squares[i] = SQUARE_DECAY * squares[i]! + (1 - SQUARE_DECAY) * slope * slope;
      const mean = means[i]! / (1 - this.#meanBias);
      const size = Math.sqrt(squares[i]! / (1 - this.#squareBias)) + EPSILON;
      parameters[i]! -= RATE * (mean / size + this.#decay * parameters[i]!);
    }
  }
}

function parametersOf(network: Network): Float64Array[] {
  return network.flatMap(({ weights, bias }) => [weights, bias]);
}
