/** What a classifier answered for rows whose classes are known. Classes are 0 … classes − 1. */
export interface Classified {
  readonly labels: Float64Array;
  readonly predicted: Float64Array;
  /** By class and row. */
  readonly probabilities: readonly Float64Array[];
}

interface ClassCounts {
  readonly truePositives: number;
  readonly predicted: number;
  readonly actual: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const mean = (values: readonly number[]): number =>
  ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );

export function accuracy({ labels, predicted }: Classified): number {
  return ratio(labels.filter((label, row) => label === predicted[row]).length, labels.length);
}

export function precision(classified: Classified, positive: number): number {
  const { truePositives, predicted } = countsOf(classified, positive);
  return ratio(truePositives, predicted);
}

export function recall(classified: Classified, positive: number): number {
  const { truePositives, actual } = countsOf(classified, positive);
  return ratio(truePositives, actual);
}

export function f1(classified: Classified, positive: number): number {
  const { truePositives, predicted, actual } = countsOf(classified, positive);
  return ratio(2 * truePositives, predicted + actual);
}

type ClassMetric = (classified: Classified, positive: number) => number;

/** The mean of a metric over all classes that rows have. */
export function macro(metric: ClassMetric, classified: Classified): number {
  const present = classes(classified).filter((positive) => classified.labels.includes(positive));
  return mean(present.map((positive) => metric(classified, positive)));
}

export function balancedAccuracy(classified: Classified): number {
  return macro(recall, classified);
}

export function logLoss({ labels, probabilities }: Classified): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) {
    sum -= Math.log(Math.max(probabilities[labels[row]!]![row]!, 1e-15));
  }
  return ratio(sum, labels.length);
}

/** Of two classes: how often a row of class 1 has a higher probability than one of class 0. Of more: the mean over all. */
export function areaUnderCurve(classified: Classified): number {
  const { labels, probabilities } = classified;
  if (probabilities.length === 2) return areaOfClass(labels, probabilities[1]!, 1);
  const present = classes(classified).filter((positive) => labels.includes(positive));
  return mean(present.map((positive) => areaOfClass(labels, probabilities[positive]!, positive)));
}

/** From the ranks of the probabilities; equal ones share theirs. */
function areaOfClass(labels: Float64Array, probabilities: Float64Array, positive: number): number {
  const order = Array.from(labels.keys()).sort((a, b) => probabilities[a]! - probabilities[b]!);
  let positives = 0;
  let ranks = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = probabilities[order[start]!]!;
    let among = 0;
    while (end < order.length && probabilities[order[end]!] === value) {
      if (labels[order[end]!] === positive) among += 1;
      end += 1;
    }
    ranks += among * ((start + 1 + end) / 2);
    positives += among;
  }
  return ratio(ranks - (positives * (positives + 1)) / 2, positives * (order.length - positives));
}

function classes({ probabilities }: Classified): number[] {
  return Array.from(probabilities.keys());
}

function countsOf({ labels, predicted }: Classified, positive: number): ClassCounts {
  let truePositives = 0;
  let predictedAs = 0;
  let actual = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (predicted[row] === positive) predictedAs += 1;
    if (labels[row] !== positive) continue;
    actual += 1;
    if (predicted[row] === positive) truePositives += 1;
  }
  return { truePositives, predicted: predictedAs, actual };
}
