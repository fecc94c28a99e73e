/** What a model says about rows that it has not seen. */
export interface Answered {
  readonly expected: readonly string[];
  readonly predicted: readonly string[];
  /** Of the positive class. */
  readonly probabilities: readonly number[] | undefined;
}

export type Scores = Readonly<Record<string, number>>;

/** @param positive of two classes, the one that matters */
export function classificationScores({ expected, predicted, probabilities }: Answered, positive?: string): Scores {
  const accuracy = share(expected, (label, row) => label === predicted[row]);
  if (positive === undefined || probabilities === undefined) return { accuracy };
  const both = expected.filter((label, row) => label === positive && predicted[row] === positive).length;
  const either = [...expected, ...predicted].filter((label) => label === positive).length;
  return { accuracy, f1: (2 * both) / either, auc: areaUnderCurve(expected, probabilities, positive) };
}

export function regressionScores({ expected, predicted }: Answered): Scores {
  const squares = expected.map((label, row) => (Number(label) - Number(predicted[row])) ** 2);
  return { rmse: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length) };
}

/** How often a positive row has a higher probability than another; equal ones count half. */
function areaUnderCurve(expected: readonly string[], probabilities: readonly number[], positive: string): number {
  const of = (wanted: boolean) => probabilities.filter((_, row) => (expected[row] === positive) === wanted);
  const [positives, negatives] = [of(true), of(false)];
  let wins = 0;
  for (const high of positives) {
    for (const low of negatives) wins += high > low ? 1 : high === low ? 0.5 : 0;
  }
  return wins / (positives.length * negatives.length);
}

function share<T>(items: readonly T[], holds: (item: T, index: number) => boolean): number {
  return items.filter(holds).length / items.length;
}

/** The mean of each score over the folds. */
export function meanScores(folds: readonly Scores[]): Scores {
  const names = Object.keys(folds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, folds.reduce((sum, scores) => sum + scores[name]!, 0) / folds.length]),
  );
}
