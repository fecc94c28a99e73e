/** What a learner makes small. Raw answers are on the scale in which trees add up, by output and row. */
export interface Loss {
  /** Trees a round. */
  readonly outputs: number;
  /** The raw answer, by output, before there is any tree. */
  base(labels: Float64Array, weights: Float64Array): number[];
  /** Of one row. @param set takes an output's first and second derivative by its raw answer */
  derive(
    raw: readonly Float64Array[],
    row: number,
    label: number,
    set: (output: number, first: number, second: number) => void,
  ): void;
  /** Of one row. */
  of(raw: readonly Float64Array[], row: number, label: number): number;
}

/** Keeps steps finite where a probability is all but certain. */
const LEAST_HESSIAN = 1e-16;
const LEAST_PROBABILITY = 1e-15;

export const sigmoid = (raw: number): number => 1 / (1 + Math.exp(-raw));

const logit = (probability: number): number => {
  const bounded = Math.min(1 - 1e-6, Math.max(1e-6, probability));
  return Math.log(bounded / (1 - bounded));
};

function mean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let weight = 0;
  for (let row = 0; row < values.length; row += 1) {
    sum += values[row]! * weights[row]!;
    weight += weights[row]!;
  }
  return weight === 0 ? 0 : sum / weight;
}

/** A loss of one output, by its value and derivatives for a raw answer and a label. */
function single(
  base: (mean: number) => number,
  derive: (raw: number, label: number) => readonly [number, number],
  of: (raw: number, label: number) => number,
): Loss {
  return {
    outputs: 1,
    base: (labels, weights) => [base(mean(labels, weights))],
    derive: ([raw], row, label, set) => {
      const [first, second] = derive(raw![row]!, label);
      set(0, first, Math.max(second, LEAST_HESSIAN));
    },
    of: ([raw], row, label) => of(raw![row]!, label),
  };
}

const itself = (value: number): number => value;

export const squaredError: Loss = single(
  itself,
  (raw, label) => [raw - label, 1],
  (raw, label) => (raw - label) ** 2,
);

/** Labels are 0 and 1, or shares. */
export const logistic: Loss = single(
  logit,
  (raw, label) => {
    const probability = sigmoid(raw);
    return [probability - label, probability * (1 - probability)];
  },
  (raw, label) => Math.log1p(Math.exp(-Math.abs(raw))) + Math.max(raw, 0) - label * raw,
);

/** Labels are 0 and 1; the raw answer is right from ±1 on. */
export const hinge: Loss = single(
  () => 0,
  (raw, label) => {
    const sign = label > 0 ? 1 : -1;
    return raw * sign < 1 ? [-sign, 1] : [0, LEAST_HESSIAN];
  },
  (raw, label) => Math.max(0, 1 - raw * (label > 0 ? 1 : -1)),
);

/** Of log(1 + label), for labels above −1. */
export const squaredLogError: Loss = single(
  // XGBoost's: from the mean on, second derivatives are too small for its least weight of a child.
  () => 0.5,
  (raw, label) => {
    const above = Math.max(raw, -1 + 1e-6);
    const error = Math.log1p(above) - Math.log1p(label);
    return [error / (above + 1), Math.max((1 - error) / (above + 1) ** 2, 1e-6)];
  },
  (raw, label) => (Math.log1p(Math.max(raw, -1 + 1e-6)) - Math.log1p(label)) ** 2,
);

/** @param slope where it turns from a square into a straight line */
export const pseudoHuber = (slope: number): Loss =>
  single(
    itself,
    (raw, label) => {
      const error = raw - label;
      const scale = 1 + (error / slope) ** 2;
      return [error / Math.sqrt(scale), 1 / (scale * Math.sqrt(scale))];
    },
    (raw, label) => slope ** 2 * (Math.sqrt(1 + ((raw - label) / slope) ** 2) - 1),
  );

/** Labels are not negative; the raw answer is the logarithm. @param power of the variance, between 1 and 2 */
export const tweedie = (power: number): Loss =>
  single(
    (average) => Math.log(Math.max(average, 1e-6)),
    (raw, label) => {
      const [low, high] = [label * Math.exp((1 - power) * raw), Math.exp((2 - power) * raw)];
      return [high - low, (2 - power) * high - (1 - power) * low];
    },
    (raw, label) => {
      const [low, high] = [label * Math.exp((1 - power) * raw), Math.exp((2 - power) * raw)];
      return high / (2 - power) - low / (1 - power);
    },
  );

/** Labels are 0 … classes − 1. */
export function softmax(classes: number): Loss {
  const probabilities = new Float64Array(classes);
  return {
    outputs: classes,
    base: (labels, weights) => {
      const sums = new Float64Array(classes);
      for (let row = 0; row < labels.length; row += 1) sums[labels[row]!]! += weights[row]!;
      const total = sums.reduce((sum, value) => sum + value, 0);
      return Array.from(sums, (sum) => Math.log(Math.max(sum / total, 1e-6)));
    },
    derive: (raw, row, label, set) => {
      softmaxOf(raw, row, probabilities);
      for (let output = 0; output < classes; output += 1) {
        const probability = probabilities[output]!;
        const second = Math.max(2 * probability * (1 - probability), LEAST_HESSIAN);
        set(output, probability - (output === label ? 1 : 0), second);
      }
    },
    of: (raw, row, label) => {
      softmaxOf(raw, row, probabilities);
      return -Math.log(Math.max(probabilities[label]!, LEAST_PROBABILITY));
    },
  };
}

/** Probabilities of a row's classes. */
export function softmaxOf(raw: readonly Float64Array[], row: number, into: Float64Array): void {
  let greatest = Number.NEGATIVE_INFINITY;
  for (const output of raw) greatest = Math.max(greatest, output[row]!);
  let sum = 0;
  for (let output = 0; output < raw.length; output += 1) {
    into[output] = Math.exp(raw[output]![row]! - greatest);
    sum += into[output]!;
  }
  for (let output = 0; output < raw.length; output += 1) into[output]! /= sum;
}

/** One output a class, each the share of rows that have it: what the trees of a random forest average. */
export function classShares(classes: number): Loss {
  const target = (label: number, output: number): number => (label === output ? 1 : 0);
  return {
    outputs: classes,
    base: () => Array.from({ length: classes }, () => 0),
    derive: (raw, row, label, set) => {
      for (let output = 0; output < classes; output += 1) set(output, raw[output]![row]! - target(label, output), 1);
    },
    of: (raw, row, label) =>
      raw.reduce((sum, { [row]: value }, output) => sum + (value! - target(label, output)) ** 2, 0),
  };
}
